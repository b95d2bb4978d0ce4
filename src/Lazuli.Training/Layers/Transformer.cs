using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Forward and backward pass of a decoder-only transformer (Llama family, GPT-2) over flat buffers of parameters and gradients.</summary>
/// <remarks>
/// <para>Order of a pass: (1) embedding; (2) for each block: attention, feed-forward, each added to the residual stream; (3) last norm, head and loss;
/// backward the same way in reverse.</para>
/// <para>Kept for the backward pass, a block: the residual stream before attention and before the feed-forward part, qkv, attention's output with its
/// log-sum-exp, and the first feed-forward product. Norms and activations are computed again. All buffers are taken from the arena when the
/// network is built; a pass allocates nothing and reads nothing back to the host.</para>
/// </remarks>
internal sealed class Transformer
{
    private readonly IBackend _backend;
    private readonly EmbeddingLayer _embedding;
    private readonly (AttentionLayer Attention, FeedForwardLayer FeedForward)[] _blocks;
    private readonly HeadLayer _head;
    private readonly DeviceBuffer[] _residuals; // before each part of each block, and after the last
    private readonly DeviceBuffer _ids;
    private readonly DeviceBuffer _firstKeys; // "no buffer" where documents are not kept apart
    private readonly int[] _hostFirstKeys;
    private readonly int? _documentStart;

    /// <summary>Builds the layers and takes their buffers from <paramref name="arena"/>.</summary>
    /// <param name="backend">Runs the operators.</param>
    /// <param name="arena">Owns the buffers; must outlive the network.</param>
    /// <param name="table">Where parameters lie.</param>
    /// <param name="parameters">Values [<see cref="ParameterTable.BufferLength"/>].</param>
    /// <param name="gradients">Gradients, as long; "no buffer" for a network that only evaluates.</param>
    /// <param name="batch">Sequences of a pass.</param>
    /// <param name="time">Tokens of a sequence; at most the model's context.</param>
    /// <param name="documentStart">Id that begins a document; tokens then see their own document only. Null: all before them.</param>
    /// <exception cref="ArgumentException">A buffer's length is not the table's, or <paramref name="time"/> exceeds the context.</exception>
    public Transformer(IBackend backend, DeviceArena arena, ParameterTable table, DeviceBuffer parameters, DeviceBuffer gradients, int batch, int time, int? documentStart = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, table.Config.ContextLength);
        if (parameters.Length != table.BufferLength || (!gradients.IsNone && gradients.Length != table.BufferLength))
        {
            throw new ArgumentException(
                $"The model has {table.BufferLength} floats; got parameters {parameters.Length}, gradients {gradients.Length}.", nameof(parameters));
        }

        if (table.Config.InferenceOnlyParts() is { Count: > 0 } parts)
        {
            throw new ArgumentException($"Training knows plain Llama and GPT-2 blocks; this model has {string.Join(", ", parts)}, which can be run but not trained.", nameof(table));
        }

        _backend = backend;
        Shape = new StepShape(table.Config, batch, time);
        _ids = arena.Integers(Shape.Rows);
        _documentStart = documentStart;
        _hostFirstKeys = new int[documentStart is null ? 0 : Shape.Rows];
        _firstKeys = documentStart is null ? default : arena.Integers(Shape.Rows);
        DeviceBuffer positions = UploadPositions(backend, arena, Shape);
        var rotary = table.Config.Family == ModelFamily.Llama ? new RotaryPositions(backend, arena, Shape, positions) : null;
        var context = new StepContext(backend, arena, Shape, new StepScratch(arena, Shape), rotary, _firstKeys, parameters, gradients);
        _embedding = new EmbeddingLayer(context, table, positions);
        _blocks = [.. table.Blocks.Select(block => (new AttentionLayer(context, block), new FeedForwardLayer(context, block)))];
        _head = new HeadLayer(context, table);
        _residuals = new DeviceBuffer[(2 * _blocks.Length) + 1];
        for (int i = 0; i < _residuals.Length; i++)
        {
            _residuals[i] = arena.Floats((long)Shape.Rows * table.Config.Width);
        }

        ResidualGradient = context.Scratch.ResidualGradient;
    }

    /// <summary>What one pass works on.</summary>
    public StepShape Shape { get; }

    private DeviceBuffer ResidualGradient { get; }

    /// <summary>Gives the pass its tokens: <paramref name="ids"/> and <paramref name="targets"/> [R], a target of −1 for "no loss here".</summary>
    public void SetTokens(ReadOnlySpan<int> ids, ReadOnlySpan<int> targets)
    {
        _backend.Upload(ids, _ids);
        _head.SetTargets(targets);
        if (_documentStart is int start)
        {
            FindFirstKeys(ids, start);
            _backend.Upload<int>(_hostFirstKeys, _firstKeys);
        }
    }

    /// <summary>Forward pass only; writes each row's loss in nats to <paramref name="losses"/> [R].</summary>
    public void Evaluate(DeviceBuffer losses)
    {
        ForwardBlocks();
        _head.Losses(_residuals[^1], losses);
    }

    /// <summary>Forward and backward pass: writes each row's loss, adds the gradients of <c>gradientScale · Σ losses</c>.</summary>
    public void AccumulateGradients(DeviceBuffer losses, float gradientScale, StepPhases phases)
    {
        ForwardBlocks();
        phases.EndForward();
        _head.LossesAndGradients(_residuals[^1], losses, gradientScale);
        phases.EndHead();
        BackwardBlocks();
        phases.EndBackward();
    }

    private void FindFirstKeys(ReadOnlySpan<int> ids, int documentStart)
    {
        int first = 0;
        for (int r = 0; r < ids.Length; r++)
        {
            int t = r % Shape.Time;
            first = t == 0 ? 0 : ids[r] == documentStart ? t : first;
            _hostFirstKeys[r] = first;
        }
    }

    private void ForwardBlocks()
    {
        _embedding.Forward(_ids, _residuals[0]);
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].Attention.Forward(_residuals[2 * i], _residuals[(2 * i) + 1]);
            _blocks[i].FeedForward.Forward(_residuals[(2 * i) + 1], _residuals[(2 * i) + 2]);
        }
    }

    private void BackwardBlocks()
    {
        for (int i = _blocks.Length - 1; i >= 0; i--)
        {
            _blocks[i].FeedForward.Backward(_residuals[(2 * i) + 1]);
            _blocks[i].Attention.Backward(_residuals[2 * i]);
        }

        _embedding.Backward(_ids, ResidualGradient);
    }

    private static DeviceBuffer UploadPositions(IBackend backend, DeviceArena arena, StepShape shape)
    {
        var positions = new int[shape.Rows];
        for (int r = 0; r < positions.Length; r++)
        {
            positions[r] = r % shape.Time;
        }

        DeviceBuffer buffer = arena.Integers(shape.Rows);
        backend.Upload<int>(positions, buffer);
        return buffer;
    }
}
