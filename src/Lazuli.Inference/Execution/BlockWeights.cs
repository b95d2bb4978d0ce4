using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>The weights of one block as inference uses them. Biases of norms are no buffer where the family has none.</summary>
internal sealed record BlockWeights(
    DeviceBuffer AttentionNorm,
    DeviceBuffer AttentionNormBias,
    LinearLayer Qkv,
    LinearLayer AttentionOut,
    DeviceBuffer FeedForwardNorm,
    DeviceBuffer FeedForwardNormBias,
    LinearLayer FeedForwardIn,
    LinearLayer FeedForwardOut);
