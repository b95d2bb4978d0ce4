using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>A text that becomes a vector: sums up the states that its pooling takes, in double precision and in the order of positions, so that no cutting into steps shows.</summary>
internal sealed class EmbeddingSequence(EmbeddingJob job) : GivenSequence(job, choice: 0, more: [])
{
    private readonly bool _takesAll = job.Pooling == EmbeddingPooling.Mean;
    private readonly double[] _sum = new double[job.Width];
    private int _next; // position whose state comes next, where all are taken

    public override int FirstOutput => _takesAll ? _next : Known - 1;

    public override StepOutput OutputAt(int position) => position >= FirstOutput ? StepOutput.ReadHidden : StepOutput.None;

    public override void Read(int position, ReadOnlySpan<float> row)
    {
        for (int c = 0; c < row.Length; c++)
        {
            _sum[c] += row[c];
        }

        _next = position + 1;
    }

    /// <summary>The vector: its first <paramref name="dimensions"/> numbers, of length 1 together; all 0 where they are. Null where one is not finite.</summary>
    public float[]? Vector(int dimensions)
    {
        // A mean differs from a sum by its length, which goes.
        double squares = 0;
        for (int c = 0; c < dimensions; c++)
        {
            squares += _sum[c] * _sum[c];
        }

        double length = Math.Sqrt(squares);
        if (!double.IsFinite(length))
        {
            return null;
        }

        var vector = new float[dimensions];
        for (int c = 0; c < dimensions && length > 0; c++)
        {
            vector[c] = (float)(_sum[c] / length);
        }

        return vector;
    }
}
