using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>The same file with its matrices in lanes: exact there and back, and read as if nothing had moved.</summary>
public sealed class GgufLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<GgufEncoding> Encodings => [.. Enum.GetValues<GgufEncoding>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Encodings))]
    public void There_and_back_gives_the_file_that_was(GgufEncoding encoding)
    {
        GgufFile.Write(_folder["rows.gguf"], new SampleModel(Wide(), 3, awkward: false).Package(), encoding);
        using GgufModelFile rows = GgufModelFile.Open(_folder["rows.gguf"]);
        rows.WriteInLayout(_folder["lanes"], WeightLayout.Lanes, TestContext.Current.CancellationToken);
        using GgufModelFile lanes = GgufModelFile.Open(_folder["lanes"]);
        lanes.WriteInLayout(_folder["back.gguf"], WeightLayout.Rows, TestContext.Current.CancellationToken);
        lanes.WriteInLayout(_folder["again"], WeightLayout.Lanes, TestContext.Current.CancellationToken);

        byte[] original = File.ReadAllBytes(_folder["rows.gguf"]), moved = File.ReadAllBytes(_folder["lanes"]);
        Assert.Equal(original, File.ReadAllBytes(_folder["back.gguf"]));
        Assert.Equal(moved, File.ReadAllBytes(_folder["again"]));
        Assert.Equal(original.Length, moved.Length);
        Assert.Equal("GGLN"u8.ToArray(), moved[..4]);
        Assert.Equal((WeightLayout.Rows, WeightLayout.Lanes), (rows.Layout, lanes.Layout));
        Assert.All(lanes.Tensors, t => Assert.Equal(t.Rows > 1 && t.Format != WeightFormat.F32 && t.Rows % 8 == 0 ? WeightLayout.Lanes : WeightLayout.Rows, t.Layout));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Rows_parameters_and_other_encodings_come_out_alike(GgufEncoding encoding)
    {
        GgufFile.Write(_folder["rows.gguf"], new SampleModel(Wide(), 3, awkward: false).Package(), encoding);
        using GgufModelFile rows = GgufModelFile.Open(_folder["rows.gguf"]);
        rows.WriteInLayout(_folder["lanes"], WeightLayout.Lanes, TestContext.Current.CancellationToken);
        using GgufModelFile lanes = GgufModelFile.Open(_folder["lanes"]);

        foreach ((MappedTensor a, MappedTensor b) in rows.Tensors.Zip(lanes.Tensors))
        {
            for (int row = 0; row < a.Rows; row += 5)
            {
                Assert.True(rows.Row(a, row).SequenceEqual(lanes.Row(b, row)), $"{a.Name} {row}");
            }
        }

        foreach (ParameterInfo parameter in new ParameterTable(rows.Config).All)
        {
            float[] expected = new float[parameter.Length], found = new float[parameter.Length];
            rows.ReadParameter(parameter, expected);
            lanes.ReadParameter(parameter, found);
            Assert.Equal(expected, found);
        }

        rows.WriteAs(_folder["a.gguf"], GgufEncoding.Q8_0);
        lanes.WriteAs(_folder["b.gguf"], GgufEncoding.Q8_0);
        Assert.Equal(File.ReadAllBytes(_folder["a.gguf"]), File.ReadAllBytes(_folder["b.gguf"]));
        Assert.Null(lanes.FindNonFinite(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_cut_file_is_refused_and_nothing_is_written_over_itself()
    {
        GgufFile.Write(_folder["rows.gguf"], new SampleModel(Wide(), 3, awkward: false).Package(), GgufEncoding.Q4_K_M);
        using GgufModelFile rows = GgufModelFile.Open(_folder["rows.gguf"]);
        Assert.Throws<ArgumentException>(() => rows.WriteInLayout(_folder["rows.gguf"], WeightLayout.Lanes, TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => rows.WriteInLayout(_folder["lanes"], WeightLayout.Lanes, new CancellationToken(canceled: true)));
        Assert.Equal(["rows.gguf"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));

        rows.WriteInLayout(_folder["lanes"], WeightLayout.Lanes, TestContext.Current.CancellationToken);
        byte[] bytes = File.ReadAllBytes(_folder["lanes"]);
        Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(_folder.Put("cut", bytes[..^200])));
        bytes[3] = (byte)'M';
        Assert.Throws<GgufFormatException>(() => GgufModelFile.Open(_folder.Put("mark", bytes)));
    }

    private static ModelConfig Wide() => SampleModel.Llama(8, 4, headSize: 32) with { Width = 256, FeedForwardWidth = 512 };
}
