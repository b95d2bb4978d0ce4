namespace Lazuli.Models.Tests;

public sealed class RandomModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("llama", 15_000_000, 6, 288)]
    [InlineData("llama", 110_000_000, 12, 768)]
    [InlineData("llama", 1_100_000_000, 22, 2_048)]
    public void Known_sizes_have_their_known_shapes(string family, long parameters, int layers, int width)
    {
        ModelConfig config = ModelShapes.Of(family, parameters, 4_096);
        Assert.Equal((layers, width, 4_096), (config.Layers, config.Width, config.ContextLength));
        Assert.InRange(new ParameterTable(config).ParameterCount / (double)parameters, 0.98, 1.02);
    }

    [Theory]
    [InlineData("llama", 30_000_000)]
    [InlineData("llama", 360_000_000)]
    [InlineData("llama", 8_000_000_000)]
    [InlineData("llama", 70_000_000_000)]
    [InlineData("qwen2", 500_000_000)]
    [InlineData("qwen3", 600_000_000)]
    [InlineData("gpt2", 124_000_000)]
    public void Other_sizes_get_a_shape_within_a_few_percent(string family, long parameters)
    {
        ModelConfig config = ModelShapes.Of(family, parameters, 1_024);
        Assert.InRange(new ParameterTable(config).ParameterCount / (double)parameters, 0.97, 1.03);
        Assert.InRange(config.Width / (double)config.Layers, 16, 200);
    }

    [Fact]
    public void Refuses_a_family_or_size_that_there_is_not()
    {
        Assert.Throws<ArgumentException>(() => ModelShapes.Of("mamba", 15_000_000, 128));
        Assert.Throws<ArgumentException>(() => ModelShapes.Of("llama", 1_000, 128));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void A_written_file_opens_with_its_shape_and_a_tokenizer_that_knows_every_id(string family)
    {
        ModelConfig config = Small(family);
        GgufFile.Write(_folder["m.gguf"], RandomModel.Create(config, 7, "small"), GgufEncoding.Q8_0);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        Assert.Equal(config, file.Config);
        Assert.Equal(config.VocabularySize, file.Tokenizer.VocabularySize);
        Assert.Equal(config.VocabularySize - 1, Enumerable.Range(1, config.VocabularySize - 1).Select(id => Convert.ToHexString(file.Tokenizer.TokenBytes(id))).Distinct().Count());
        var ids = new List<int>();
        file.Tokenizer.Encode("Hello"u8, ids);
        Assert.Equal("Hello"u8.ToArray(), file.Tokenizer.Decode([.. ids]));
        Assert.Equal((0, 4), (file.BeginId, file.EndOfTurnId));
    }

    [Fact]
    public void Equal_seeds_give_equal_files_and_others_do_not()
    {
        ModelConfig config = Small("llama");
        GgufFile.Write(_folder["a"], RandomModel.Create(config, 7, "small"), GgufEncoding.Q4_K_M);
        GgufFile.Write(_folder["b"], RandomModel.Create(config, 7, "small"), GgufEncoding.Q4_K_M);
        GgufFile.Write(_folder["c"], RandomModel.Create(config, 8, "small"), GgufEncoding.Q4_K_M);
        Assert.Equal(File.ReadAllBytes(_folder["a"]), File.ReadAllBytes(_folder["b"]));
        Assert.NotEqual(File.ReadAllBytes(_folder["a"])[^4096..], File.ReadAllBytes(_folder["c"])[^4096..]);
    }

    [Fact]
    public void Weights_are_normal_with_the_usual_deviation_and_gains_are_one()
    {
        ModelConfig config = Small("qwen3");
        ModelPackage package = RandomModel.Create(config, 3, "small");
        var table = new ParameterTable(config);
        float[] values = new float[table.Blocks[0].FeedForwardIn.Length];
        package.Parameters(table.Blocks[0].FeedForwardIn, values);
        Assert.InRange(values.Average(), -3e-4, 3e-4);
        Assert.InRange(Math.Sqrt(values.Average(v => (double)v * v)), 0.0195, 0.0205);
        Assert.InRange(values.Count(v => Math.Abs(v) < 0.02) / (double)values.Length, 0.67, 0.695); // 68.3 % of a normal distribution
        float[] gains = new float[table.Blocks[0].QueryNorm!.Length];
        package.Parameters(table.Blocks[0].QueryNorm!, gains);
        Assert.All(gains, g => Assert.Equal(1f, g));
    }

    [Fact]
    public void Refuses_a_vocabulary_without_room_for_bytes() =>
        Assert.Throws<ArgumentException>(() => RandomModel.Create(Small("llama") with { VocabularySize = 260 }, 1, "small"));

    private static ModelConfig Small(string family) => ModelShapes.Of(family, 15_000_000, 128) with { Layers = 2, VocabularySize = 600 };
}
