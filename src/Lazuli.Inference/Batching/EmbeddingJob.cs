using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>A request for the vector of one text.</summary>
/// <param name="ids">The text.</param>
/// <param name="pooling">Which states make the vector.</param>
/// <param name="width">Numbers of a state.</param>
/// <param name="dimensions">Numbers of the vector, at most <paramref name="width"/>.</param>
/// <param name="party">Whom its work is counted to.</param>
/// <param name="priority">Lower goes first.</param>
internal sealed class EmbeddingJob(int[] ids, EmbeddingPooling pooling, int width, int dimensions, ComputeParty? party, int priority)
    : EngineJob(pooling == EmbeddingPooling.First ? ids[..1] : ids, choices: 1, party, priority) // the first token sees no other: its state is the same without them
{
    private readonly TaskCompletionSource<float[]> _vector = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EmbeddingSequence? _sequence;

    public EmbeddingPooling Pooling { get; } = pooling;

    public int Width { get; } = width;

    /// <summary>Completes with the vector.</summary>
    public Task<float[]> Vector => _vector.Task;

    public override ActiveSequence NewSequence(int choice) => _sequence = new EmbeddingSequence(this);

    public override void Complete()
    {
        if (_sequence!.Vector(dimensions) is { } vector)
        {
            _vector.TrySetResult(vector);
        }
        else
        {
            _vector.TrySetException(NotFinite.Exception());
        }
    }

    public override void Fail(Exception reason) => _vector.TrySetException(reason);
}
