using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>The weights of a model on a device, laid out for generating: matrices packed once, the plain form kept only of the embedding, which is looked up.</summary>
/// <remarks>Owns its memory and its backend. Read-only after loading; whoever runs it must be the backend's one caller.</remarks>
public sealed class InferenceModel : IDisposable
{
    private readonly DeviceArena _arena;

    private InferenceModel(IBackend backend, DeviceArena arena, ModelConfig config, WeightLoader loader)
    {
        Backend = backend;
        _arena = arena;
        Config = config;
        ParameterTable parameters = loader.Parameters;
        TokenEmbedding = loader.Plain(parameters.TokenEmbedding);
        PositionEmbedding = loader.Plain(parameters.PositionEmbedding);
        Blocks = [.. parameters.Blocks.Select(block => new BlockWeights(
            loader.Plain(block.AttentionNorm),
            loader.Plain(block.AttentionNormBias),
            loader.Packed(block.Qkv, block.QkvBias),
            loader.Packed(block.AttentionOut, block.AttentionOutBias),
            loader.Plain(block.FeedForwardNorm),
            loader.Plain(block.FeedForwardNormBias),
            loader.Packed(block.FeedForwardIn, block.FeedForwardInBias),
            loader.Packed(block.FeedForwardOut, block.FeedForwardOutBias)))];
        FinalNorm = loader.Plain(parameters.FinalNorm);
        FinalNormBias = loader.Plain(parameters.FinalNormBias);
        Head = loader.Packed(parameters.Head, bias: null);
        if (config.Family == ModelFamily.Llama)
        {
            RotaryTable = arena.Floats((long)config.ContextLength * config.HeadSize);
            backend.RopeTable(config.ContextLength, config.HeadSize, config.RopeBase, RotaryTable);
        }
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Bytes of device memory that the weights take.</summary>
    public long WeightBytes => _arena.UsedBytes;

    /// <summary>Loads a model: asks <paramref name="source"/> for each parameter of <see cref="ParameterTable"/> once, except that a tied head is asked for as the embedding a second time.</summary>
    /// <param name="backend">Runs the model; the model owns it from here on and disposes it. When loading fails it stays the caller's.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="source">Gives the values.</param>
    /// <exception cref="ArgumentException">The config has errors; the message lists them.</exception>
    public static InferenceModel Load(IBackend backend, ModelConfig config, ParameterSource source)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(source);
        var parameters = new ParameterTable(config);
        DeviceArena arena = backend.CreateArena("weights");
        try
        {
            using var loader = new WeightLoader(backend, arena, parameters, source);
            return new InferenceModel(backend, arena, config, loader);
        }
        catch
        {
            arena.Dispose();
            throw;
        }
    }

    internal IBackend Backend { get; }

    /// <summary>[V, C], plain.</summary>
    internal DeviceBuffer TokenEmbedding { get; }

    /// <summary>[T, C]; GPT-2 only.</summary>
    internal DeviceBuffer PositionEmbedding { get; }

    /// <summary>[T, D]; Llama only.</summary>
    internal DeviceBuffer RotaryTable { get; }

    internal IReadOnlyList<BlockWeights> Blocks { get; }

    internal DeviceBuffer FinalNorm { get; }

    internal DeviceBuffer FinalNormBias { get; }

    internal PackedLinear Head { get; }

    /// <summary>Gives back the memory and ends the backend.</summary>
    public void Dispose()
    {
        _arena.Dispose();
        Backend.Dispose();
    }
}
