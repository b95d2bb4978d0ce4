using System.Runtime.InteropServices;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Models come back from GGUF as they went in.</summary>
public sealed class GgufModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["llama", "llama-grouped", "llama-untied", "llama-wide-heads", "gpt2", "qwen2", "qwen3", "llama-linear", "llama3"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shape_and_F32_weights_come_back_bit_for_bit(string kind)
    {
        var model = new SampleModel(OfKind(kind), 1);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F32);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        Assert.Equal(model.Config, file.Config);
        Assert.Equal(kind.StartsWith("llama", StringComparison.Ordinal), file.InterleavedRotary);
        foreach (ParameterInfo parameter in model.Table.All)
        {
            float[] read = new float[parameter.Length];
            file.ReadParameter(parameter, read);
            Assert.True(MemoryMarshal.AsBytes(model.Values(parameter)).SequenceEqual(MemoryMarshal.AsBytes<float>(read)), parameter.Name);
        }
    }

    [Fact]
    public void Tensors_lie_at_their_addresses_in_the_order_of_our_rows()
    {
        var model = new SampleModel(SampleModel.Llama() with { Width = 64, HeadSize = 16, FeedForwardWidth = 96 }, 2, awkward: false);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.Q8_0);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        IReadOnlyList<MappedTensor> qkv = file.Find(model.Table.Blocks[1].Qkv);
        Assert.Equal(["blk.1.attn_q.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight"], qkv.Select(t => t.Name));
        Assert.Equal([64, 32, 32], qkv.Select(t => t.Rows));
        Assert.All(qkv, t => Assert.Equal((WeightFormat.Q8_0, 64, t.Rows * 68L), (t.Format, t.Columns, t.ByteLength)));
        MappedTensor values = file.Find("blk.1.attn_v.weight")!;
        byte[] first = new byte[68];
        Marshal.Copy(values.Address, first, 0, first.Length);
        byte[] expected = new byte[68];
        WeightCodec.Quantize(WeightFormat.Q8_0, model.Values(model.Table.Blocks[1].Qkv).Slice(96 * 64, 64), expected);
        Assert.Equal(expected, first);
        Assert.Null(file.Find("output.weight"));
    }

    [Fact]
    public void Values_are_typed()
    {
        GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Llama(), 1).Package(), GgufEncoding.F32);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        GgufValues values = file.Metadata;
        Assert.Equal("sample", values.Text("general.name"));
        Assert.Equal(2, values.Number("llama.block_count", 1, 10));
        Assert.Equal(50_000, values.Real("llama.rope.freq_base"));
        Assert.True(values.Flag("tokenizer.ggml.add_bos_token"));
        Assert.Equal(270, values.ArrayCount("tokenizer.ggml.tokens"));
        Assert.Equal(["t h", "th e", "Ġ the"], values.Texts("tokenizer.ggml.merges"));
        Assert.Equal(3, values.Numbers("tokenizer.ggml.token_type")![0]);
        Assert.Null(values.Text("no.such.key"));
        Assert.Equal("general.name", Assert.Throws<GgufFormatException>(() => values.Number("general.name", 0, 1)).Place);
        Assert.Throws<GgufFormatException>(() => values.Number("llama.block_count", 3, 10));
        Assert.Throws<GgufFormatException>(() => values.Text("llama.block_count"));
        Assert.Throws<GgufFormatException>(() => values.Numbers("tokenizer.ggml.tokens"));
    }

    [Fact]
    public void Version_2_is_read_alike()
    {
        GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Llama(), 1).Package(), GgufEncoding.F32);
        byte[] bytes = File.ReadAllBytes(_folder["m.gguf"]);
        bytes[4] = 2;
        using GgufModelFile file = GgufModelFile.Open(_folder.Put("v2.gguf", bytes));
        Assert.Equal((2u, 24), (file.Version, file.Config.Width));
    }

    [Fact]
    public void Factors_in_a_tensor_are_Llama_3s_scaling_by_name_where_they_are()
    {
        var scaling = new Llama3RopeScaling(32, 1, 4, 8_192);
        float[] factors = [.. Enumerable.Range(0, 32).Select(j => (float)scaling.Divisor(j, 64, 500_000))];
        Assert.Equal(1, factors[0]);
        Assert.Equal(32, factors[^1]);
        using (GgufModelFile file = GgufModelFile.Open(WithFactors(factors)))
        {
            Assert.Equal(scaling, file.Config.RopeScaling);
        }

        factors[20] *= 1.01f;
        using (GgufModelFile file = GgufModelFile.Open(WithFactors(factors)))
        {
            Assert.Equal(new TabledRopeScaling(factors), file.Config.RopeScaling);
            Assert.Equal(factors[20], (float)file.Config.RopeScaling!.Divisor(20, 64, 500_000));
        }
    }

    [Fact]
    public void Refuses_reading_after_it_was_closed()
    {
        var model = new SampleModel(SampleModel.Llama(), 1);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F32);
        GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.ReadParameter(model.Table.FinalNorm, new float[24]));
        Assert.Throws<ObjectDisposedException>(() => file.Metadata.Text("general.name"));
    }

    internal static ModelConfig OfKind(string kind) => kind switch
    {
        "qwen2" => SampleModel.Llama(4, 2) with { QkvBias = true },
        "qwen3" => SampleModel.Llama(4, 2, tied: false, headSize: 8) with { QueryKeyNorm = true },
        "llama3" => SampleModel.Llama(4, 2) with { RopeScaling = new Llama3RopeScaling(8, 1, 4, 8_192) },
        "llama-linear" => SampleModel.Llama(4, 2) with { RopeScaling = new LinearRopeScaling(4) },
        _ => SampleModel.OfKind(kind),
    };

    private string WithFactors(float[] factors)
    {
        RawGguf raw = GgufHostileTests.Keys().Tensor("rope_freqs.weight", 0, 0, 32);
        byte[] table = MemoryMarshal.AsBytes<float>(factors).ToArray();
        ulong offset = (ulong)table.Length;
        foreach ((string name, ulong[] dimensions) in GgufHostileTests.Tensors)
        {
            raw.Tensor(name, 1, offset, dimensions);
            offset += dimensions.Aggregate(2ul, (a, b) => a * b);
        }

        raw.Data = [.. table, .. new byte[offset - (ulong)table.Length]];
        return _folder.Put(Guid.NewGuid().ToString(), raw.Build());
    }
}
