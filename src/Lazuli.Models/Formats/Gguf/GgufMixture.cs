using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Which format each tensor of a file has: the mixtures that llama.cpp's quantiser makes without importance data.</summary>
internal static class GgufMixture
{
    /// <summary>The format's number of a mixture, <c>general.file_type</c>.</summary>
    public static uint FileType(GgufEncoding encoding) => encoding switch
    {
        GgufEncoding.F32 => 0,
        GgufEncoding.F16 => 1,
        GgufEncoding.Q4_0 => 2,
        GgufEncoding.Q8_0 => 7,
        GgufEncoding.Q4_K_M => 15,
        GgufEncoding.Q5_K_M => 17,
        GgufEncoding.Q6_K => 18,
        GgufEncoding.BF16 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Unknown encoding."),
    };

    /// <summary>The format of a tensor of a model of this shape.</summary>
    public static WeightFormat FormatOf(GgufTensor tensor, GgufEncoding encoding, ModelConfig config)
    {
        if (IsPlain(tensor))
        {
            return WeightFormat.F32;
        }

        WeightFormat format = encoding switch
        {
            GgufEncoding.F32 => WeightFormat.F32,
            GgufEncoding.F16 => WeightFormat.F16,
            GgufEncoding.BF16 => WeightFormat.BF16,
            GgufEncoding.Q8_0 => WeightFormat.Q8_0,
            _ => Mixed(tensor, encoding, config),
        };
        return Divides(format) ? format : Divides(WeightFormat.Q8_0) ? WeightFormat.Q8_0 : WeightFormat.F16;

        bool Divides(WeightFormat candidate) => tensor.Columns % WeightFormats.BlockLength(candidate) == 0;
    }

    /// <summary>Whether a tensor is F32 in every file: readers add vectors and positions to F32 activations.</summary>
    public static bool IsPlain(GgufTensor tensor) => !tensor.Parameter.IsMatrix || tensor.Parameter.Role == ParameterRole.PositionEmbedding;

    private static WeightFormat Mixed(GgufTensor tensor, GgufEncoding encoding, ModelConfig config)
    {
        bool isOutput = tensor.Parameter.Role == ParameterRole.Head || (config.TiedHead && tensor.Parameter.Role == ParameterRole.TokenEmbedding);
        if (isOutput)
        {
            return WeightFormat.Q6_K;
        }

        return encoding switch
        {
            GgufEncoding.Q4_0 => WeightFormat.Q4_0,
            GgufEncoding.Q4_K_M => IsFiner() ? WeightFormat.Q6_K : tensor.Name.EndsWith("attn_qkv.weight", StringComparison.Ordinal) ? WeightFormat.Q5_K : WeightFormat.Q4_K,
            GgufEncoding.Q5_K_M => IsFiner() || tensor.Name.EndsWith("attn_qkv.weight", StringComparison.Ordinal) ? WeightFormat.Q6_K : WeightFormat.Q5_K,
            _ => WeightFormat.Q6_K,
        };

        bool IsFiner() => IsFinerBlock(tensor.Parameter.Block, config.Layers)
            && (tensor.Name.EndsWith("attn_v.weight", StringComparison.Ordinal) || tensor.Name.EndsWith("ffn_down.weight", StringComparison.Ordinal));
    }

    /// <summary>The first and the last eighth of the blocks, and every third between.</summary>
    private static bool IsFinerBlock(int block, int layers) => block < layers / 8 || block >= 7 * layers / 8 || (block - (layers / 8)) % 3 == 2;
}
