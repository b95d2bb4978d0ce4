using System.Globalization;
using System.Text;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Models of any shape with random weights: they say nothing, but take the memory and time of real ones. For benchmarks and tests.</summary>
/// <remarks>Matrices and biases are normal with standard deviation 0.02, drawn from 65,536 normal values; gains are 1. Equal seeds give equal models on every machine.</remarks>
public static class RandomModel
{
    private const float Deviation = 0.02f;
    private const int TableSize = 1 << 16;
    private const ulong TableStream = 0x7461_626C_65;

    /// <summary>A package whose weights are made as they are asked for, on all processors.</summary>
    /// <param name="config">The shape; its vocabulary has room for the 256 bytes and <see cref="ChatTemplate.SpecialTokens"/>.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <param name="name">The model's name.</param>
    /// <exception cref="ArgumentException">The config has errors or too small a vocabulary.</exception>
    public static ModelPackage Create(ModelConfig config, ulong seed, string name)
    {
        _ = new ParameterTable(config); // says what is wrong with the shape
        float[] table = NormalTable(seed);
        return new ModelPackage
        {
            Config = config,
            Parameters = (parameter, destination) => Fill(parameter, destination, table, seed),
            Tokenizer = TokenizerFiles.Of(Tokenizer(config.VocabularySize)),
            ChatTemplate = ChatTemplate.Jinja,
            Provenance = new ModelProvenance
            {
                Name = name,
                License = "CC0-1.0",
                Description = string.Create(CultureInfo.InvariantCulture, $"Random weights from seed {seed}: a shape for benchmarks, not a trained model."),
            },
        };
    }

    /// <summary>Byte-level BPE without merges: special tokens, the 256 bytes, then made-up words that only generation shows.</summary>
    internal static BpeTokenizer Tokenizer(int vocabularySize)
    {
        int first = ChatTemplate.SpecialTokens.Count;
        if (vocabularySize < first + 256)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A random model's vocabulary has at least {first + 256} tokens; asked for {vocabularySize}."), nameof(vocabularySize));
        }

        var tokens = new byte[]?[vocabularySize];
        for (int id = 0; id < tokens.Length; id++)
        {
            tokens[id] = id < first ? Encoding.UTF8.GetBytes(ChatTemplate.SpecialTokens[id]) : id < first + 256 ? [(byte)(id - first)] : Word(id - first - 256);
        }

        AddedToken[] added = [.. ChatTemplate.SpecialTokens.Select((text, id) => new AddedToken(id, text, IsSpecial: true))];
        return new BpeTokenizer(new BpeVocabulary(SplitRule.Gpt2, tokens, [], added, ignoreMerges: false, declaresNfc: false));
    }

    /// <summary>A space and the number in letters.</summary>
    private static byte[] Word(int number)
    {
        const int Letters = 26;
        var word = new List<byte>();
        for (int rest = number; rest > 0 || word.Count < 2; rest /= Letters)
        {
            word.Insert(0, (byte)('a' + (rest % Letters)));
        }

        word.Insert(0, (byte)' ');
        return [.. word];
    }

    private static float[] NormalTable(ulong seed)
    {
        var table = new float[TableSize];
        for (int i = 0; i < table.Length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - CounterRandom.Double(seed, TableStream, (ulong)i)));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * CounterRandom.Double(seed, TableStream, (ulong)i + 1));
            table[i] = (float)(Deviation * radius * cosine);
            table[i + 1] = (float)(Deviation * radius * sine);
        }

        return table;
    }

    private static unsafe void Fill(ParameterInfo parameter, Span<float> destination, float[] table, ulong seed)
    {
        if (parameter.Role == ParameterRole.NormGain)
        {
            destination.Fill(1);
            return;
        }

        // Parallel loops take no spans; the pointer lives as long as the loop, which ends before this returns.
        fixed (float* values = destination)
        {
            float* start = values;
            int columns = parameter.Columns;
            Parallel.For(0, parameter.Rows, row =>
                FillRow(new Span<float>(start + ((long)row * columns), columns), table, CounterRandom.UInt64(seed, (ulong)parameter.Offset, (ulong)row)));
        }
    }

    /// <summary>Four values from each number of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static void FillRow(Span<float> row, float[] table, ulong state)
    {
        for (int i = 0; i < row.Length; i += 4)
        {
            state += 0x9E37_79B9_7F4A_7C15;
            ulong bits = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
            bits ^= bits >> 31;
            for (int j = i; j < Math.Min(i + 4, row.Length); j++, bits >>= 16)
            {
                row[j] = table[bits & (TableSize - 1)];
            }
        }
    }
}
