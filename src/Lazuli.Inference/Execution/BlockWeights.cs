using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>The weights of one block as inference uses them. Biases of norms, and norms of queries and keys, are no buffer where the model has none.</summary>
internal sealed record BlockWeights(
    DeviceBuffer AttentionNorm,
    DeviceBuffer AttentionNormBias,
    LinearLayer Qkv,
    DeviceBuffer QueryNorm,
    DeviceBuffer KeyNorm,
    LinearLayer AttentionOut,
    DeviceBuffer FeedForwardNorm,
    DeviceBuffer FeedForwardNormBias,
    LinearLayer FeedForwardIn,
    LinearLayer FeedForwardOut);
