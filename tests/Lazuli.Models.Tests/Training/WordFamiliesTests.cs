using System.Text;
using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Tokens that are one word, and embeddings that know it.</summary>
public sealed class WordFamiliesTests
{
    private static readonly BpeTokenizer s_tokenizer = BpeTrainer.Train(
        [.. Enumerable.Repeat("Size size .Size (size Increment increments other .Other SIZE 12 12 34 34", 20).Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t))],
        new BpeTrainingOptions { VocabularySize = 330, Split = SplitRule.O200k });

    private static readonly WordFamilies s_families = WordFamilies.Of(s_tokenizer);

    [Fact]
    public void Case_and_what_stands_before_a_word_do_not_matter()
    {
        int[] size = [Id("Size"), Id(" size"), Id(" .Size", 1)];
        Assert.Single(size.Select(id => s_families.Family[id]).Distinct());
        Assert.NotEqual(s_families.Family[Id("Size")], s_families.Family[Id(" other")]);
        Assert.Equal(s_families.Family[Id(" other")], s_families.Family[Id(" .Other", 1)]);
    }

    [Fact]
    public void Words_with_the_same_first_letters_share_a_stem_only()
    {
        int increment = Id(" Increment"), increments = Id(" increments");
        Assert.Equal(s_families.Stem[increment], s_families.Stem[increments]);
        Assert.NotEqual(s_families.Family[increment], s_families.Family[increments]);
    }

    [Fact]
    public void What_has_no_letters_and_special_tokens_stand_alone()
    {
        ReadOnlySpan<int> families = s_families.Family;
        int[] counts = new int[s_families.Count];
        foreach (int family in families)
        {
            counts[family]++;
        }

        foreach (int id in s_tokenizer.SpecialTokens.Values.Append(Id("1")).Append(Id(" ")))
        {
            Assert.Equal(1, counts[families[id]]);
        }
    }

    [Fact]
    public void Members_begin_alike_others_do_not()
    {
        float[] embedding = Initialized(out int embeddingWidth);
        int width = embeddingWidth;

        Assert.True(Cosine(Id("Size"), Id(" size")) > 0.5);
        Assert.True(Cosine(Id(" Increment"), Id(" increments")) > 0.2);
        Assert.True(Math.Abs(Cosine(Id("1"), Id(" size"))) < 0.3);

        double Cosine(int a, int b)
        {
            ReadOnlySpan<float> x = embedding.AsSpan(a * width, width), y = embedding.AsSpan(b * width, width);
            double dot = 0, xx = 0, yy = 0;
            for (int i = 0; i < width; i++)
            {
                dot += x[i] * y[i];
                xx += x[i] * x[i];
                yy += y[i] * y[i];
            }

            return dot / Math.Sqrt(xx * yy);
        }
    }

    [Fact]
    public void Every_member_gets_the_gradient_of_the_family()
    {
        using var backend = new CpuBackend(1);
        ParameterTable table = Table();
        int width = table.Config.Width;
        using DeviceArena arena = backend.CreateArena("test");
        DeviceBuffer gradients = arena.Floats(table.BufferLength);
        var values = new float[table.BufferLength];
        var random = new Random(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        backend.Upload<float>(values, gradients);
        new WordFamilyEmbedding(backend, arena, table, s_families).ShareGradients(gradients);
        var shared = new float[values.Length];
        backend.Download(gradients, shared.AsSpan());

        long embedding = table.TokenEmbedding.Offset;
        for (int id = 0; id < s_tokenizer.VocabularySize; id++)
        {
            float expected = 0;
            for (int other = 0; other < s_tokenizer.VocabularySize; other++)
            {
                expected += s_families.Family[other] == s_families.Family[id] ? values[embedding + ((long)other * width) + 3] : 0;
            }

            Assert.Equal(expected, shared[embedding + ((long)id * width) + 3], 1e-5f);
        }

        Assert.Equal(values.AsSpan((int)(embedding + table.TokenEmbedding.Length)), shared.AsSpan((int)(embedding + table.TokenEmbedding.Length)));
    }

    private static ParameterTable Table() => new(TinyModels.Llama() with { VocabularySize = s_tokenizer.VocabularySize, Width = 128, HeadSize = 64 });

    private static float[] Initialized(out int width)
    {
        using var backend = new CpuBackend(1);
        ParameterTable table = Table();
        width = table.Config.Width;
        using DeviceArena arena = backend.CreateArena("test");
        DeviceBuffer parameters = arena.Floats(table.BufferLength);
        new WordFamilyEmbedding(backend, arena, table, s_families).Initialize(parameters, seed: 1);
        var values = new float[table.BufferLength];
        backend.Download(parameters, values.AsSpan());
        return values[(int)table.TokenEmbedding.Offset..];
    }

    /// <summary>The id of a text that must be one token, or of its part.</summary>
    private static int Id(string text, int part = 0)
    {
        var ids = new List<int>();
        s_tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);
        return ids[part];
    }
}
