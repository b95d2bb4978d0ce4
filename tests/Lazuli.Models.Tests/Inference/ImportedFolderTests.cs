using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>Hugging Face folders whose weights were written as GGUF in the type that they have, against the same folder widened to fp32.</summary>
public sealed class ImportedFolderTests : IDisposable
{
    /// <summary>Weights are the same numbers on both paths, so only the order of fp32 sums over at most 128 terms differs: twice what each may differ from exact sums, on logits of size 10.</summary>
    private const double LogitTolerance = 6e-4;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, SafetensorsType> Cases()
    {
        var cases = new TheoryData<string, SafetensorsType>();
        foreach (string kind in new[] { "llama", "llama-3.1", "qwen2", "qwen3", "gpt2" })
        {
            foreach (SafetensorsType type in new[] { SafetensorsType.Float32, SafetensorsType.Float16, SafetensorsType.BFloat16 })
            {
                cases.Add(kind, type);
            }
        }

        return cases;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Runs_mapped_in_its_own_type_with_the_logits_of_the_fp32_copy(string kind, SafetensorsType type)
    {
        string folder = Write(kind, type);
        string file = Path.Combine(folder, InferenceModel.ImportedFile);
        int[] ids = ForwardPassTests.Ids(70, seed: 4);
        float[][] expected;
        using (InferenceModel copied = InferenceModel.Open(folder, new CpuBackend(2)))
        {
            expected = ForwardPassTests.Run(copied, pageSize: 16, [ids], chunk: 33);
        }

        Convert(folder, file);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        using InferenceModel mapped = InferenceModel.Open(folder, new CpuBackend(2));
        float[][] got = ForwardPassTests.Run(mapped, pageSize: 16, [ids], chunk: 33);
        double worst = expected.Zip(got).Max(rows => rows.First.Zip(rows.Second).Max(v => Math.Abs((double)v.First - v.Second)));
        Assert.InRange(worst, 0, LogitTolerance);
        string name = type switch { SafetensorsType.Float16 => "F16", SafetensorsType.BFloat16 => "BF16", _ => "F32" };
        Assert.Contains($"{name}{(kind == "gpt2" && name != "F32" ? ", F32" : "")}, mapped", mapped.WeightDescription, StringComparison.Ordinal); // positions are F32
        Assert.Equal(SampleModel.Tokenizer.Digest, mapped.Tokenizer!.Digest);
    }

    [Fact]
    public void Weights_come_through_bit_by_bit()
    {
        foreach (SafetensorsType type in new[] { SafetensorsType.Float32, SafetensorsType.Float16, SafetensorsType.BFloat16 })
        {
            string folder = Write("llama", type);
            string file = Path.Combine(folder, InferenceModel.ImportedFile);
            Convert(folder, file);
            using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
            using GgufModelFile gguf = GgufModelFile.Open(file);
            foreach (ParameterInfo parameter in new ParameterTable(files.Config).All)
            {
                float[] expected = new float[parameter.Length];
                float[] got = new float[parameter.Length];
                files.ReadParameter(parameter, expected);
                gguf.ReadParameter(parameter, got);
                Assert.Equal(expected, got);
            }

            Assert.Equal(type switch { SafetensorsType.Float16 => 1, SafetensorsType.BFloat16 => 32, _ => 0 }, gguf.Metadata.Number("general.file_type", 0, 100));
        }
    }

    [Fact]
    public void Weights_of_another_model_than_the_config_beside_them_are_refused()
    {
        string folder = Write("llama", SafetensorsType.Float32);
        using (InferenceModel other = TinyModel.Of(OfKind("llama") with { Layers = 1 }).LoadMapped(Path.Combine(folder, InferenceModel.ImportedFile), GgufEncoding.F32))
        {
            Assert.Equal(1, other.Config.Layers);
        }

        using var backend = new CpuBackend(1);
        ModelFormatException refused = Assert.Throws<ModelFormatException>(() => InferenceModel.Open(folder, backend));
        Assert.Contains("shape", refused.Message, StringComparison.Ordinal);
    }

    private static void Convert(string folder, string file)
    {
        using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
        GgufFile.Write(
            file,
            new ModelPackage { Config = files.Config, Parameters = files.ReadParameter, Tokenizer = files.ReadTokenizer(), ChatTemplate = files.ChatTemplate, Provenance = new ModelProvenance { Name = "tiny", License = "MIT" } },
            files.StoredFormat);
    }

    private string Write(string kind, SafetensorsType type)
    {
        TinyModel tiny = TinyModel.Of(OfKind(kind));
        string folder = _folder[$"{kind}-{type}"];
        HuggingFaceFolder.Write(
            folder,
            new ModelPackage
            {
                Config = tiny.Config,
                Parameters = (parameter, destination) => tiny.Values(parameter).CopyTo(destination),
                Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer),
                Provenance = new ModelProvenance { Name = "tiny", License = "MIT" },
            },
            type);
        return folder;
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
            "llama-3.1" => llama with { RopeBase = 500_000, RopeScaling = new Llama3RopeScaling(8, 1, 4, 32), TiedHead = false },
            "qwen2" => llama with { QkvBias = true, RopeBase = 1_000_000 },
            "qwen3" => llama with { QueryKeyNorm = true, HeadSize = 32 },
            _ => llama with { Family = ModelFamily.Gpt2, KeyValueHeads = 4 },
        };
    }
}
