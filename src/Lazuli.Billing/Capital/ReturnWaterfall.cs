using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The capped-return waterfall. Pure.</summary>
internal static class ReturnWaterfall
{
    /// <summary>Divides an amount: among commitments in proportion to what was drawn, none above its cap; what a cap turns away goes to the others; what all caps turn away is the residual.</summary>
    /// <param name="positions">Commitments, in a fixed order (it decides who gets a nano-unit that does not divide).</param>
    /// <param name="nanos">Nano-units to return, not negative.</param>
    public static Distribution Divide(IReadOnlyList<CapitalPosition> positions, long nanos)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanos);
        var paid = new long[positions.Count];
        long left = nanos;
        while (left > 0)
        {
            long[] weights = [.. positions.Select((position, i) => Room(position, paid[i]) > 0 ? position.DrawnNanos : 0)];
            if (weights.All(weight => weight == 0))
            {
                break;
            }

            // Each round either places everything or fills at least one cap, so there are no more rounds than commitments.
            long[] parts = Allocation.Split(left, weights);
            for (int i = 0; i < parts.Length; i++)
            {
                long part = Math.Min(parts[i], Room(positions[i], paid[i]));
                paid[i] += part;
                left -= part;
            }
        }

        return new Distribution([.. positions.Select((position, i) => new DistributionPart(position.Commitment.Id, position.Commitment.Investor, paid[i]))], left);
    }

    private static long Room(CapitalPosition position, long paid) => position.CapNanos - position.ReturnedNanos - paid;
}
