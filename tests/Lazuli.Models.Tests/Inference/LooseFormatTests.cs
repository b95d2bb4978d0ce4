using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Models in the formats that other programs' quantisers fall back to for odd widths.</summary>
public sealed class LooseFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Against the double reference with the weights that the file says; in shares of the logits' root mean square. What is left is the rounding of activations to 8 bits a block.</summary>
    [Theory]
    [InlineData(WeightFormat.Q4_1)]
    [InlineData(WeightFormat.Q5_0)]
    [InlineData(WeightFormat.Q5_1)]
    public void A_model_runs_from_them_whatever_the_layout(WeightFormat format)
    {
        const double Bound = 0.06;
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        string file = Write(Tiny(), format);
        TinyModel stored = Tiny();
        using (GgufModelFile model = GgufModelFile.Open(file))
        {
            foreach (ParameterInfo parameter in stored.Parameters.All)
            {
                model.ReadParameter(parameter, stored.Values(parameter));
            }
        }

        double[][] expected = new UncachedTransformer(stored).Logits(ids);
        float[][] got = Run(file, ids, chunk: 33);
        double size = expected.Sum(row => row.Sum(v => v * v));
        double errors = expected.Zip(got).Sum(rows => rows.First.Zip(rows.Second).Sum(v => (v.First - v.Second) * (v.First - v.Second)));
        Assert.InRange(Math.Sqrt(errors / size), 1e-5, Bound);
        Assert.Equal(got, Run(file, ids, chunk: 1));

        string laid = _folder["laid.gguf"], back = _folder["back.gguf"];
        using (GgufModelFile rows = GgufModelFile.Open(file))
        {
            Assert.Contains(rows.Tensors, t => t.Format == format);
            rows.WriteInLayout(laid, WeightLayout.Lanes, TestContext.Current.CancellationToken);
        }

        Assert.Equal(got, Run(laid, ids, chunk: 33));
        using (GgufModelFile lanes = GgufModelFile.Open(laid))
        {
            lanes.WriteInLayout(back, WeightLayout.Rows, TestContext.Current.CancellationToken);
        }

        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(back));
    }

    [Theory]
    [InlineData(WeightFormat.Q4_1, 2)]
    [InlineData(WeightFormat.Q5_0, 0)]
    [InlineData(WeightFormat.Q5_1, 2)]
    public void An_infinite_scale_or_shift_is_found(WeightFormat format, int at)
    {
        string file = Write(Tiny(), format);
        long place;
        using (GgufModelFile model = GgufModelFile.Open(file))
        {
            Assert.Null(model.FindNonFinite(TestContext.Current.CancellationToken));
            place = model.PlaceOf(model.Tensors.First(t => t.Format == format));
        }

        byte[] bytes = File.ReadAllBytes(file);
        (bytes[place + at], bytes[place + at + 1]) = (0x00, 0x7C);
        File.WriteAllBytes(file, bytes);
        using GgufModelFile damaged = GgufModelFile.Open(file);
        Assert.Equal(format, damaged.FindNonFinite(TestContext.Current.CancellationToken)!.Format);
    }

    private static TinyModel Tiny() => TinyModel.Of(new ModelConfig
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
    });

    private static float[][] Run(string file, int[] ids, int chunk)
    {
        using InferenceModel model = InferenceModel.Open(file, new CpuBackend(2));
        return ForwardPassTests.Run(model, pageSize: 16, [ids], chunk);
    }

    private string Write(TinyModel tiny, WeightFormat format)
    {
        string path = _folder[$"{format}.gguf"];
        GgufFile.Write(
            path,
            new ModelPackage
            {
                Config = tiny.Config,
                Parameters = (parameter, destination) => tiny.Values(parameter).CopyTo(destination),
                Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer),
                Provenance = new ModelProvenance { Name = "tiny", License = "MIT" },
            },
            _ => format);
        return path;
    }
}
