namespace Lazuli.Inference;

/// <summary>Takes rows that a step computes for a sequence, in the order of their positions. Called on the engine's thread during the step, so it neither blocks nor throws.</summary>
internal interface IRowReader
{
    /// <summary>Takes the row of the token at <paramref name="position"/>, valid during the call.</summary>
    void Read(int position, ReadOnlySpan<float> row);
}
