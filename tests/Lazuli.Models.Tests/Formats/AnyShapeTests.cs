using System.Runtime.InteropServices;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class AnyShapeTests
{
    private static readonly Gen<ModelConfig> s_llama = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[1, 40], Gen.Int[1, 50], Gen.Bool, Gen.Int[264, 280])
        .Select((layers, keyValueHeads, group, halfHead, width, feedForward, tied, vocabulary) => new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = vocabulary,
            ContextLength = 8,
            Layers = layers,
            Width = width,
            Heads = keyValueHeads * group,
            KeyValueHeads = keyValueHeads,
            HeadSize = 2 * halfHead,
            FeedForwardWidth = feedForward,
            RopeBase = 1_000 * feedForward,
            NormEpsilon = 1e-6f * width,
            TiedHead = tied,
        });

    private static readonly Gen<ModelConfig> s_gpt2 = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 9], Gen.Int[1, 50], Gen.Int[1, 12])
        .Select((layers, heads, headSize, feedForward, context) => new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = 264,
            ContextLength = context,
            Layers = layers,
            Width = heads * headSize,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = headSize,
            FeedForwardWidth = feedForward,
        });

    [Fact]
    public void Any_shape_comes_back_bit_for_bit_from_a_folder() => Gen.OneOf(s_llama, s_gpt2).Sample(
        config =>
        {
            using var folder = new TemporaryFolder();
            var model = new SampleModel(config, config.Width);
            HuggingFaceFolder.Write(folder["m"], model.Package(), maxShardBytes: 30_000);
            using HuggingFaceFolder read = HuggingFaceFolder.Open(folder["m"]);
            Assert.Equal(config, read.Config);
            read.ReadParameters(model.Table, (parameter, values) =>
                Assert.True(MemoryMarshal.AsBytes(values).SequenceEqual(MemoryMarshal.AsBytes(model.Values(parameter))), parameter.Name));
        },
        iter: 20,
        threads: 1);

    [Fact]
    public void Any_shape_comes_back_bit_for_bit_from_GGUF() => Gen.OneOf(s_llama, s_gpt2).Sample(
        config =>
        {
            using var folder = new TemporaryFolder();
            var model = new SampleModel(config, config.Width);
            GgufFile.Write(folder["m.gguf"], model.Package(), GgufEncoding.F32);
            Dictionary<string, float[]> ours = GgufFileTests.ToOurLayout(new GgufReader(folder["m.gguf"]), config);
            foreach (ParameterInfo parameter in model.Table.All)
            {
                Assert.True(MemoryMarshal.AsBytes(model.Values(parameter)).SequenceEqual(MemoryMarshal.AsBytes<float>(ours[parameter.Name])), parameter.Name);
            }
        },
        iter: 20,
        threads: 1);
}
