using System.Diagnostics;

namespace Lazuli.Models.Tests;

/// <summary>Damaged and hostile GGUF files end in one kind of error, in bounded time and memory.</summary>
public sealed class GgufHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Tensors of one tiny block, with all sizes multiples of 16.</summary>
    internal static (string Name, ulong[] Dimensions)[] Tensors { get; } =
    [
        ("token_embd.weight", [64, 8]), ("output_norm.weight", [64]), ("blk.0.attn_norm.weight", [64]), ("blk.0.attn_q.weight", [64, 64]), ("blk.0.attn_k.weight", [64, 64]),
        ("blk.0.attn_v.weight", [64, 64]), ("blk.0.attn_output.weight", [64, 64]), ("blk.0.ffn_norm.weight", [64]), ("blk.0.ffn_gate.weight", [64, 32]), ("blk.0.ffn_up.weight", [64, 32]),
        ("blk.0.ffn_down.weight", [32, 64]),
    ];

    public static TheoryData<string> Broken => [.. Cases.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_that_the_cases_break_is_sound()
    {
        using GgufModelFile file = GgufModelFile.Open(_folder.Put("f", Whole().Build()));
        Assert.Equal((64, 1, 8), (file.Config.Width, file.Config.Heads, file.Config.VocabularySize));
        Assert.Equal(500_000, file.Config.RopeBase);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Refuses(string what)
    {
        (Func<byte[]> build, string place, string found) = Cases[what];
        string path = _folder.Put("f", build());
        GgufFormatException e = Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(path));
        Assert.Equal(path, e.Path);
        Assert.Contains(place, e.Place, StringComparison.Ordinal);
        Assert.Contains(found, e.Found, StringComparison.Ordinal);
        Assert.True(e.Expected.Length > 0);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = Whole().Build();
        int header = whole.Length - Whole().Data.Length;
        for (int length = 0; length < whole.Length; length += length < header + 40 ? 1 : 997)
        {
            Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(_folder.Put("f", whole[..length])));
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_header_is_refused_or_leaves_a_file_whose_tensors_lie_inside_it()
    {
        byte[] whole = Whole().Build();
        int header = whole.Length - Whole().Data.Length;
        int refused = 0;
        for (int bit = 0; bit < header * 8; bit += 5) // every position within a byte comes in turn
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            refused += OpensOrRefuses(flipped) ? 0 : 1;
        }

        Assert.InRange(refused, header * 4 / 5, header * 8 / 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_random_bytes_end_in_the_same_kind_of_error(int seed)
    {
        byte[] whole = Whole().Build();
        int header = whole.Length - Whole().Data.Length;
        var random = new Random(seed);
        for (int run = 0; run < 150; run++)
        {
            byte[] damaged = [.. whole];
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                damaged[random.Next(header)] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
            }

            OpensOrRefuses(damaged[..random.Next(header, whole.Length)]);
        }
    }

    [Fact]
    public void A_file_that_claims_much_takes_little()
    {
        // A gigabyte of zeros that claims an array of as many bytes: refused by the bound on arrays, before anything is read.
        string path = _folder["large"];
        using (FileStream stream = File.Create(path))
        {
            stream.Write(new RawGguf().Array("a", 0, 1 << 29).Build(1));
            stream.SetLength(1 << 30); // sparse
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        GgufFormatException e = Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(path));
        Assert.Contains("536870912", e.Found, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30)); // not a measurement: a walk over a gigabyte of strings would take minutes
    }

    internal static RawGguf Keys() => new RawGguf()
        .Text("general.architecture", "llama").Number("llama.block_count", 1).Number("llama.context_length", 128).Number("llama.embedding_length", 64)
        .Number("llama.feed_forward_length", 32).Number("llama.attention.head_count", 1).Real("llama.attention.layer_norm_rms_epsilon", 1e-5f).Real("llama.rope.freq_base", 500_000);

    /// <summary>A whole file of these keys and the tensors of one tiny block, with an embedding of so many rows.</summary>
    internal static byte[] Sound(RawGguf keys, int vocabulary = 8) => WithTensors(keys, shape: (n, s) => n == "token_embd.weight" ? [64, (ulong)vocabulary] : s).Build();

    private static RawGguf Whole() => WithTensors(Keys());

    private static RawGguf WithTensors(RawGguf raw, string? without = null, Func<string, ulong[], ulong[]>? shape = null)
    {
        ulong offset = 0;
        foreach ((string name, ulong[] dimensions) in Tensors)
        {
            if (name != without)
            {
                ulong[] sizes = shape?.Invoke(name, dimensions) ?? dimensions;
                raw.Tensor(name, 1, offset, sizes);
                offset += sizes.Aggregate(2ul, (a, b) => a * b);
            }
        }

        raw.Data = new byte[offset];
        return raw;
    }

    private static byte[] One(uint type, ulong offset, params ulong[] dimensions)
    {
        RawGguf raw = Keys().Tensor("t", type, offset, dimensions);
        raw.Data = new byte[128];
        return raw.Build();
    }

    private bool OpensOrRefuses(byte[] bytes)
    {
        string path = _folder.Put("f", bytes);
        try
        {
            using GgufModelFile file = GgufModelFile.Open(path);
            Assert.All(file.Tensors, t => Assert.InRange(t.ByteLength, 1, bytes.Length));
            return true;
        }
        catch (GgufFormatException e)
        {
            Assert.True(e.Message.Length < 2_000);
            return false;
        }
    }

    private static readonly Dictionary<string, (Func<byte[]> Build, string Place, string Found)> Cases = new(StringComparer.Ordinal)
    {
        ["an empty file"] = (() => [], "offset 0", "empty"),
        ["another format"] = (() => new RawGguf { Magic = 0x46464952 }.Build(), "offset 0", "0x46464952"),
        ["version 1"] = (() => new RawGguf { Version = 1 }.Build(), "offset 4", "1"),
        ["version 4"] = (() => new RawGguf { Version = 4 }.Build(), "offset 4", "4"),
        ["a big-endian file"] = (() => new RawGguf { Version = 0x0300_0000 }.Build(), "offset 4", "big-endian"),
        ["more tensors than bytes"] = (() => new RawGguf { TensorCount = ulong.MaxValue }.Build(), "offset 8", "18446744073709551615"),
        ["more values than bytes"] = (() => new RawGguf { ValueCount = 1ul << 63 }.Build(), "offset 16", "9223372036854775808"),
        ["more values than the file has"] = (() => new RawGguf { ValueCount = 2 }.Number("a", 1).Number("b", 2).Build()[..50], "offset", "bytes left"),
        ["a key twice"] = (() => Keys().Number("llama.block_count", 1).Build(), "offset", "'llama.block_count' again"),
        ["an empty key"] = (() => new RawGguf().Number("", 1).Build(), "offset 24", "0 bytes"),
        ["a key past the end"] = (() => new RawGguf().Value(BitConverter.GetBytes(ulong.MaxValue), 4, 1, 0, 0, 0).Build(), "offset 24", "18446744073709551615"),
        ["a key as long as the rest of the file and one more"] = (() => new RawGguf().Value(BitConverter.GetBytes(33ul), 4, 1, 0, 0, 0).Build(), "offset 24", "33"),
        ["a key that is not UTF-8"] = (() => new RawGguf().Value([1, 0, 0, 0, 0, 0, 0, 0, 0xFF], 4, 1, 0, 0, 0).Build(), "offset 24", "other bytes"),
        ["an unknown type of value"] = (() => new RawGguf().Value("a", 13, 0).Build(), "offset", "13"),
        ["a flag that is 2"] = (() => new RawGguf().Value("a", 7, 2).Build(), "offset", "another byte"),
        ["an array of arrays"] = (() => new RawGguf().Array("a", 9, 1, new byte[32]).Build(), "offset", "type 9"),
        ["an array of an unknown type"] = (() => new RawGguf().Array("a", 77, 1, new byte[32]).Build(), "offset", "type 77"),
        ["an array whose size overflows"] = (() => new RawGguf().Array("a", 10, 1ul << 61, new byte[32]).Build(), "offset", "2305843009213693952"),
        ["an array of strings past the end"] = (() => new RawGguf().Array("a", 8, 2, [.. RawGguf.String("x"), 255, 255, 255, 255, 255, 255, 255, 127]).Build(), "offset", "9223372036854775807"),
        ["no architecture"] = (() => new RawGguf().Build(), "general.architecture", "nothing"),
        ["another architecture"] = (() => new RawGguf().Text("general.architecture", "mamba").Build(), "general.architecture", "mamba"),
        ["an adapter"] = (() => WithTensors(Keys().Text("general.type", "adapter")).Build(), "general.type", "adapter"),
        ["an architecture that is a number"] = (() => new RawGguf().Number("general.architecture", 1).Build(), "general.architecture", "UInt32"),
        ["an alignment of zero"] = (() => WithTensors(Keys().Number("general.alignment", 0)).Build(), "general.alignment", "0"),
        ["an alignment that is no power of two"] = (() => WithTensors(Keys().Number("general.alignment", 48)).Build(), "general.alignment", "48"),
        ["a tensor twice"] = (() => WithTensors(WithTensors(Keys())).Build(), "offset", "again"),
        ["a tensor's name of 65 bytes"] = (() => Keys().Tensor(new string('t', 65), 0, 0, 1).Build(), "offset", "65 bytes"),
        ["no dimensions"] = (() => One(0, 0), "tensor 't'", "0"),
        ["five dimensions"] = (() => One(0, 0, 1, 1, 1, 1, 1), "tensor 't'", "5"),
        ["a size of zero"] = (() => One(0, 0, 4, 0), "tensor 't'", "0"),
        ["sizes whose product overflows"] = (() => One(0, 0, 2, 1ul << 30, 1ul << 30, 1ul << 30), "tensor 't'", "more"),
        ["sizes beyond the file"] = (() => One(0, 0, 1 << 30, 1 << 30), "tensor 't'", "1073741824 rows"),
        ["a size beyond 31 bits"] = (() => One(0, 0, 1ul << 63), "tensor 't'", "9223372036854775808"),
        ["a type that exists but is not implemented"] = (() => One(10, 0, 256), "tensor 't'", "Q2_K"),
        ["an unknown type"] = (() => One(4_000_000_000, 0, 256), "tensor 't'", "4000000000"),
        ["a row that is no whole number of blocks"] = (() => One(8, 0, 33), "tensor 't'", "33"),
        ["an offset that is not aligned"] = (() => One(0, 4, 4), "tensor 't'", "4"),
        ["an offset past the end"] = (() => One(0, 1ul << 62, 4), "tensor 't'", "4611686018427387904"),
        ["a tensor over the end"] = (() => One(0, 96, 16), "tensor 't'", "32 bytes"),
        ["tensors that overlap"] = (() => WithTensors(Keys().Tensor("t", 0, 64, 16)).Build(), "tensor", "overlaps"),
        ["a missing tensor"] = (() => WithTensors(Keys(), without: "blk.0.ffn_up.weight").Build(), "blk.0.ffn_up.weight", "no such tensor"),
        ["no embedding"] = (() => WithTensors(Keys(), without: "token_embd.weight").Build(), "token_embd.weight", "no such tensor"),
        ["a tensor of another shape"] = (() => WithTensors(Keys(), shape: (n, s) => n == "blk.0.ffn_down.weight" ? [64, 32] : s).Build(), "blk.0.ffn_down.weight", "[64, 32]"),
        ["a tensor that the architecture lacks"] = (() => Beside("blk.0.attn_sinks.weight").Build(), "attn_sinks", "does not have"),
        ["no block count"] = (() => WithTensors(new RawGguf().Text("general.architecture", "llama").Number("llama.embedding_length", 64).Number("llama.attention.head_count", 1).Number("llama.context_length", 8)).Build(), "llama.block_count", "nothing"),
        ["experts"] = (() => WithTensors(Keys().Number("llama.expert_count", 8)).Build(), "llama.expert_count", "8"),
        ["a sliding window shorter than the context"] = (() => WithTensors(Keys().Number("llama.attention.sliding_window", 64)).Build(), "sliding_window", "64"),
        ["yarn"] = (() => WithTensors(Keys().Text("llama.rope.scaling.type", "yarn")).Build(), "rope.scaling.type", "yarn"),
        ["a part of the head turned"] = (() => WithTensors(Keys().Number("llama.rope.dimension_count", 32)).Build(), "rope.dimension_count", "32"),
        ["one part of several"] = (() => WithTensors(Keys().Number("split.count", 3)).Build(), "split.count", "parts"),
        ["heads that do not divide"] = (() => WithTensors(Keys().Number("llama.attention.head_count_kv", 3)).Build(), "shape", "keyValueHeads"),
        ["an infinite rope base"] = (() => WithTensors(new RawGguf().Real("llama.rope.freq_base", float.PositiveInfinity).Text("general.architecture", "llama").Number("llama.block_count", 1)
            .Number("llama.context_length", 128).Number("llama.embedding_length", 64).Number("llama.feed_forward_length", 32).Number("llama.attention.head_count", 1)).Build(), "rope.freq_base", "Infinity"),
    };

    private static RawGguf Beside(string name)
    {
        RawGguf raw = Whole();
        raw.Tensor(name, 1, (ulong)raw.Data.Length, 16);
        raw.Data = [.. raw.Data, .. new byte[32]];
        return raw;
    }
}
