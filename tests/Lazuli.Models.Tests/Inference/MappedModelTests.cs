using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Models run in place from GGUF, each family, against plain loops in double precision.</summary>
public sealed class MappedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["llama", "llama-stretched", "mistral-like", "qwen2", "qwen3", "gpt2"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Logits_from_F32_equal_the_plain_double_reference(string kind)
    {
        const double LogitTolerance = 3e-4; // fp32 sums over at most 128 terms, on logits of size 10
        double error = WorstError(kind, GgufEncoding.F32, out double _);
        Assert.InRange(error, 0, LogitTolerance);
    }

    [Theory]
    [InlineData("llama-3.1")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Weights_in_memory_run_these_shapes_too(string kind)
    {
        TinyModel tiny = TinyModel.Of(OfKind(kind));
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        double[][] expected = new UncachedTransformer(tiny).Logits(ids);
        using InferenceModel model = tiny.Load();
        float[][] got = ForwardPassTests.Run(model, pageSize: 16, [ids], chunk: 33);
        Assert.All(expected.Zip(got), rows => Assert.All(rows.First.Zip(rows.Second), v => Assert.InRange(Math.Abs(v.First - v.Second), 0, 3e-4)));
    }

    /// <summary>Against the reference with the weights as they were before they were stored; in shares of the logits' root mean square.</summary>
    [Theory]
    [InlineData("llama", GgufEncoding.F16, 0.003)] // 11 bits of mantissa
    [InlineData("gpt2", GgufEncoding.F16, 0.003)]
    [InlineData("llama", GgufEncoding.Q8_0, 0.06)] // weights and activations to 8 bits a block
    [InlineData("qwen3", GgufEncoding.Q8_0, 0.06)]
    [InlineData("gpt2", GgufEncoding.Q8_0, 0.06)]
    public void Logits_from_fewer_bits_stay_near_the_reference(string kind, GgufEncoding encoding, double bound)
    {
        WorstError(kind, encoding, out double relative);
        Assert.InRange(relative, 1e-6, bound);
    }

    [Theory]
    [InlineData(GgufEncoding.F32)]
    [InlineData(GgufEncoding.F16)]
    [InlineData(GgufEncoding.Q8_0)]
    public void Bits_do_not_depend_on_threads_chunks_or_neighbours(GgufEncoding encoding)
    {
        TinyModel tiny = TinyModel.Of(OfKind("llama"));
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        float[][] alone = Run(tiny, encoding, threads: 1, [ids], chunk: 70);
        foreach (int threads in (int[])[1, 2, 3])
        {
            foreach (int chunk in (int[])[1, 2, 7, 70])
            {
                float[][] beside = Run(tiny, encoding, threads, [ids, ForwardPassTests.Ids(41, seed: 5), ForwardPassTests.Ids(90, seed: 6)], chunk);
                for (int t = 0; t < ids.Length; t++)
                {
                    Assert.Equal(alone[t], beside[t]);
                }
            }
        }
    }

    [Theory]
    [InlineData("llama", GgufEncoding.F16)]
    [InlineData("qwen3", GgufEncoding.Q8_0)]
    [InlineData("mistral-like", GgufEncoding.Q4_0)]
    public void Logits_from_lanes_have_the_bits_of_those_from_rows(string kind, GgufEncoding encoding)
    {
        TinyModel tiny = TinyModel.Of(OfKind(kind));
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        float[][] rows = Run(tiny, encoding, threads: 2, [ids], chunk: 33);
        using (GgufModelFile file = GgufModelFile.Open(_folder[$"{encoding}.gguf"]))
        {
            file.WriteInLayout(_folder["lanes"], WeightLayout.Lanes, TestContext.Current.CancellationToken);
        }

        using InferenceModel model = InferenceModel.Open(_folder["lanes"], new CpuBackend(2));
        Assert.Contains("in lanes", model.WeightDescription, StringComparison.Ordinal);
        Assert.Equal(rows, ForwardPassTests.Run(model, pageSize: 16, [ids], chunk: 33));
    }

    private double WorstError(string kind, GgufEncoding encoding, out double relative)
    {
        TinyModel tiny = TinyModel.Of(OfKind(kind));
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        double[][] expected = new UncachedTransformer(tiny).Logits(ids);
        float[][] got = Run(tiny, encoding, threads: 2, [ids], chunk: 33);
        double worst = 0, errors = 0, size = 0;
        for (int t = 0; t < ids.Length; t++)
        {
            for (int v = 0; v < tiny.Config.VocabularySize; v++)
            {
                double error = Math.Abs(expected[t][v] - got[t][v]);
                worst = Math.Max(worst, error);
                errors += error * error;
                size += expected[t][v] * expected[t][v];
            }
        }

        relative = Math.Sqrt(errors / size);
        return worst;
    }

    private float[][] Run(TinyModel tiny, GgufEncoding encoding, int threads, int[][] sequences, int chunk)
    {
        using InferenceModel model = tiny.LoadMapped(_folder[$"{encoding}.gguf"], encoding, threads);
        return ForwardPassTests.Run(model, pageSize: 16, sequences, chunk);
    }

    private static ModelConfig OfKind(string kind)
    {
        var llama = new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = 264,
            ContextLength = 128,
            Layers = 2,
            Width = 64,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 16,
            FeedForwardWidth = 96,
        };
        return kind switch
        {
            "llama" => llama,
            "llama-stretched" => llama with { RopeBase = 500_000, RopeScaling = new LinearRopeScaling(4), TiedHead = false },
            "llama-3.1" => llama with { RopeBase = 500_000, RopeScaling = new Llama3RopeScaling(8, 1, 4, 32), TiedHead = false },
            "mistral-like" => llama with { KeyValueHeads = 1, HeadSize = 32, TiedHead = false },
            "qwen2" => llama with { QkvBias = true, RopeBase = 1_000_000 },
            "qwen3" => llama with { QueryKeyNorm = true, HeadSize = 32 },
            _ => llama with { Family = ModelFamily.Gpt2, KeyValueHeads = 4 },
        };
    }
}
