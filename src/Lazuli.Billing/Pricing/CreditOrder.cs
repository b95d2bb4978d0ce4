using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Which credit pays what. Pure.</summary>
internal static class CreditOrder
{
    /// <summary>Divides an amount among credits: priority first, then earliest expiry, then earliest given.</summary>
    /// <param name="credits">What is there, in the order in which it was given.</param>
    /// <param name="nanos">What is to be paid, not negative.</param>
    /// <param name="at">When; credit that has not begun pays nothing. Credit past its expiry still pays what was accrued before anybody let it expire.</param>
    /// <returns>Parts above zero, in order; less than the amount where credit runs out.</returns>
    public static IReadOnlyList<(CreditBalance Credit, long Nanos)> Use(IEnumerable<CreditBalance> credits, long nanos, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanos);
        var parts = new List<(CreditBalance, long)>();
        foreach (CreditBalance credit in Sort(credits))
        {
            long part = credit.Grant.From <= at ? Math.Min(nanos, credit.LeftNanos) : 0;
            if (part > 0)
            {
                parts.Add((credit, part));
                nanos -= part;
            }
        }

        return parts;
    }

    /// <summary>What expires: all that is left of credit past its expiry.</summary>
    public static IReadOnlyList<(CreditBalance Credit, long Nanos)> Expire(IEnumerable<CreditBalance> credits, DateTimeOffset at) =>
        [.. Sort(credits).Where(credit => credit.Grant.ExpiresAt <= at && credit.LeftNanos > 0).Select(credit => (credit, credit.LeftNanos))];

    /// <summary>The order of use; a stable sort, so equals stay in the order in which they were given.</summary>
    public static IEnumerable<CreditBalance> Sort(IEnumerable<CreditBalance> credits) =>
        credits.OrderBy(credit => credit.Grant.Priority).ThenBy(credit => credit.Grant.ExpiresAt ?? DateTimeOffset.MaxValue);
}
