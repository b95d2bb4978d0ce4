using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Whether the weights are numbers that a network can run on.</summary>
public sealed partial class GgufModelFile
{
    /// <summary>Reads every weight; answers the first tensor, in order of place, with one that is not a finite number, or null. Uses all processors.</summary>
    public MappedTensor? FindNonFinite(CancellationToken cancellationToken = default)
    {
        int first = int.MaxValue;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, Tensors.Count, parallel, (i, loop) =>
        {
            if (i < Volatile.Read(ref first) && !IsFinite(Tensors[i], cancellationToken))
            {
                int known = Volatile.Read(ref first);
                while (i < known && Interlocked.CompareExchange(ref first, i, known) is int found && found != known)
                {
                    known = found;
                }
            }
        });
        return first == int.MaxValue ? null : Tensors[first];
    }

    private bool IsFinite(MappedTensor tensor, CancellationToken cancellationToken)
    {
        for (int row = 0; row < tensor.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!WeightCodec.IsFinite(tensor.Format, Row(tensor, row)))
            {
                return false;
            }
        }

        return true;
    }
}
