using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Models written with fewer bits: which format each tensor gets, what is carried over, what is refused.</summary>
public sealed class GgufWriteAsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<GgufEncoding> Encodings => [.. Enum.GetValues<GgufEncoding>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Rows_are_those_of_the_codec_and_all_else_is_carried_over(GgufEncoding encoding)
    {
        var model = new SampleModel(Wide(), 3, awkward: false);
        GgufFile.Write(_folder["a.gguf"], model.Package(), GgufEncoding.F32);
        using GgufModelFile source = GgufModelFile.Open(_folder["a.gguf"]);
        source.WriteAs(_folder["b.gguf"], encoding);
        using GgufModelFile written = GgufModelFile.Open(_folder["b.gguf"]);
        Assert.Equal(source.Config, written.Config);
        Assert.Equal(source.Tokenizer.Digest, written.Tokenizer.Digest);
        Assert.Equal(source.ChatTemplate, written.ChatTemplate);
        Assert.Equal(source.Metadata.Keys.Order(), written.Metadata.Keys.Order());
        Assert.Equal(("MIT", "seedling"), (written.License, written.Provenance.BaseModels[0].Name));
        foreach (MappedTensor tensor in written.Tensors)
        {
            MappedTensor original = source.Find(tensor.Name)!;
            for (int row = 0; row < tensor.Rows; row += Math.Max(1, tensor.Rows - 1))
            {
                float[] values = new float[tensor.Columns];
                WeightCodec.Dequantize(original.Format, source.Row(original, row), values);
                byte[] expected = new byte[WeightFormats.RowBytes(tensor.Format, tensor.Columns)];
                WeightCodec.Quantize(tensor.Format, values, expected);
                Assert.True(written.Row(tensor, row).SequenceEqual(expected), $"{tensor.Name} {row}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void From_a_package_and_from_a_file_come_the_same_tensors(GgufEncoding encoding)
    {
        var model = new SampleModel(Wide() with { RopeScaling = new Llama3RopeScaling(8, 1, 4, 8_192), TiedHead = false }, 4, awkward: false);
        GgufFile.Write(_folder["a.gguf"], model.Package(), GgufEncoding.F32);
        GgufFile.Write(_folder["b.gguf"], model.Package(), encoding);
        using GgufModelFile source = GgufModelFile.Open(_folder["a.gguf"]);
        source.WriteAs(_folder["c.gguf"], encoding);
        using GgufModelFile direct = GgufModelFile.Open(_folder["b.gguf"]);
        using GgufModelFile again = GgufModelFile.Open(_folder["c.gguf"]);
        Assert.Equal(direct.Tensors.Select(t => (t.Name, t.Format, t.ByteLength)), again.Tensors.Select(t => (t.Name, t.Format, t.ByteLength)));
        foreach ((MappedTensor first, MappedTensor second) in direct.Tensors.Zip(again.Tensors))
        {
            Assert.True(direct.Row(first, first.Rows - 1).SequenceEqual(again.Row(second, second.Rows - 1)), first.Name);
        }
    }

    [Fact]
    public void Weights_whose_format_stays_are_copied_byte_for_byte()
    {
        GgufFile.Write(_folder["a.gguf"], new SampleModel(Wide(), 5, awkward: false).Package(), GgufEncoding.Q4_K_M);
        using GgufModelFile source = GgufModelFile.Open(_folder["a.gguf"]);
        source.WriteAs(_folder["b.gguf"], GgufEncoding.Q4_K_M);
        Assert.Equal(File.ReadAllBytes(_folder["a.gguf"])[^200_000..], File.ReadAllBytes(_folder["b.gguf"])[^200_000..]);
    }

    [Fact]
    public void A_mixture_is_finer_in_the_output_and_in_half_of_the_value_and_down_projections()
    {
        ModelConfig config = SampleModel.Llama(8, 2, headSize: 32, tied: false) with { Width = 256, FeedForwardWidth = 512, Layers = 8 };
        Dictionary<string, WeightFormat> q4 = Formats(config, GgufEncoding.Q4_K_M);
        Assert.Equal((WeightFormat.Q6_K, WeightFormat.Q4_K), (q4["output.weight"], q4["token_embd.weight"]));
        int[] finer = [0, 3, 6, 7]; // the first and the last eighth, and every third between
        Assert.Equal(finer, Enumerable.Range(0, 8).Where(i => q4[$"blk.{i}.ffn_down.weight"] == WeightFormat.Q6_K));
        Assert.Equal(finer, Enumerable.Range(0, 8).Where(i => q4[$"blk.{i}.attn_v.weight"] == WeightFormat.Q6_K));
        Assert.Equal(WeightFormat.Q4_K, q4["blk.0.attn_q.weight"]);
        Assert.Equal(WeightFormat.F32, q4["blk.0.attn_norm.weight"]);
        Dictionary<string, WeightFormat> q5 = Formats(config with { TiedHead = true }, GgufEncoding.Q5_K_M);
        Assert.Equal((WeightFormat.Q6_K, WeightFormat.Q5_K), (q5["token_embd.weight"], q5["blk.1.ffn_down.weight"]));
        Dictionary<string, WeightFormat> q40 = Formats(config, GgufEncoding.Q4_0);
        Assert.Equal((WeightFormat.Q6_K, WeightFormat.Q4_0, WeightFormat.Q4_0), (q40["output.weight"], q40["token_embd.weight"], q40["blk.0.attn_v.weight"]));
        Assert.Equal(WeightFormat.Q5_K, Formats(SampleModel.Gpt2() with { Width = 256, HeadSize = 64 }, GgufEncoding.Q4_K_M)["blk.1.attn_qkv.weight"]);
    }

    [Fact]
    public void Rows_that_no_block_divides_fall_back()
    {
        ModelConfig config = SampleModel.Llama(6, 6, headSize: 48) with { Width = 288, FeedForwardWidth = 40 };
        Dictionary<string, WeightFormat> formats = Formats(config, GgufEncoding.Q4_K_M);
        Assert.Equal(WeightFormat.Q8_0, formats["token_embd.weight"]); // 288 = 9·32
        Assert.Equal(WeightFormat.Q8_0, formats["blk.0.ffn_up.weight"]);
        Assert.Equal(WeightFormat.F16, formats["blk.0.ffn_down.weight"]);
        Assert.Equal(WeightFormat.Q4_0, Formats(config, GgufEncoding.Q4_0)["blk.0.ffn_up.weight"]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_weight_that_is_no_number_is_refused_and_leaves_nothing(float value)
    {
        ModelPackage package = new SampleModel(Wide(), 1, awkward: false).Package();
        GgufFile.Write(_folder["a.gguf"], package with
        {
            Parameters = (parameter, destination) =>
            {
                package.Parameters(parameter, destination);
                destination[^1] = parameter.Name == "blocks.1.feed_forward.out.weight" ? value : destination[^1];
            },
        }, GgufEncoding.F32);
        using GgufModelFile source = GgufModelFile.Open(_folder["a.gguf"]);
        ArgumentException e = Assert.Throws<ArgumentException>(() => source.WriteAs(_folder["b.gguf"], GgufEncoding.Q4_0));
        Assert.Contains("'blk.1.ffn_down.weight'", e.Message, StringComparison.Ordinal);
        Assert.Equal(["a.gguf"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        Assert.Throws<ArgumentException>(() => source.WriteAs(_folder["a.gguf"], GgufEncoding.F32));
    }

    private static ModelConfig Wide() => SampleModel.Llama(8, 4, headSize: 32) with { Width = 256, FeedForwardWidth = 512 };

    private static Dictionary<string, WeightFormat> Formats(ModelConfig config, GgufEncoding encoding) =>
        GgufTensors.Of(new ParameterTable(config), interleavedRotary: true).ToDictionary(t => t.Name, t => GgufMixture.FormatOf(t, encoding, config));
}
