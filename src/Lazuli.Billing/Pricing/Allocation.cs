namespace Lazuli.Billing;

/// <summary>Divides whole amounts so that the parts add up to the whole, by largest remainder. Pure and deterministic: of equal remainders the earlier part gets the unit.</summary>
internal static class Allocation
{
    /// <summary>Divides a total in proportion to weights.</summary>
    /// <param name="total">Whole units; negative ones are divided as their opposite, so a reversal has the parts of what it reverses.</param>
    /// <param name="weights">Not negative, not all zero.</param>
    /// <returns>A part a weight; each within one unit of its exact share; they sum to the total.</returns>
    public static long[] Split(long total, ReadOnlySpan<long> weights)
    {
        Int128 sum = 0;
        foreach (long weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            sum += weight;
        }

        if (sum == 0)
        {
            throw new ArgumentException("An amount can be divided by weights only when one of them is above zero.", nameof(weights));
        }

        Int128 whole = total < 0 ? -(Int128)total : total;
        int sign = total < 0 ? -1 : 1;
        var parts = new long[weights.Length];
        var remainders = new Int128[weights.Length];
        Int128 given = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            // Below 2^63 · 2^63 = 2^126: an Int128 holds it exactly.
            (Int128 quotient, remainders[i]) = Int128.DivRem(whole * weights[i], sum);
            given += quotient;
            parts[i] = (long)(sign * quotient);
        }

        foreach (int i in ByRemainder(remainders).Take((int)(whole - given)))
        {
            parts[i] += sign;
        }

        return parts;
    }

    /// <summary>Rounds each amount to whole multiples of a unit so that they sum to the rounded sum (half away from zero).</summary>
    /// <param name="nanos">Exact amounts, of either sign.</param>
    /// <param name="unitNanos">The unit, above zero.</param>
    /// <returns>Multiples of the unit, each less than one unit from its exact amount.</returns>
    public static long[] Round(ReadOnlySpan<long> nanos, long unitNanos)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(unitNanos);
        var rounded = new long[nanos.Length];
        var remainders = new Int128[nanos.Length];
        Int128 exact = 0;
        Int128 given = 0;
        for (int i = 0; i < rounded.Length; i++)
        {
            long remainder = nanos[i] % unitNanos;
            remainder += remainder < 0 ? unitNanos : 0; // towards minus infinity, so that every remainder is a unit or less to be given
            rounded[i] = checked(nanos[i] - remainder);
            remainders[i] = remainder;
            exact += nanos[i];
            given += rounded[i];
        }

        Int128 units = (RoundHalfAway(exact, unitNanos) - given) / unitNanos;
        foreach (int i in ByRemainder(remainders).Take((int)units))
        {
            rounded[i] = checked(rounded[i] + unitNanos);
        }

        return rounded;
    }

    /// <summary>The nearest multiple of a unit, half away from zero.</summary>
    public static long Round(long nanos, long unitNanos) => checked((long)RoundHalfAway(nanos, unitNanos));

    private static Int128 RoundHalfAway(Int128 nanos, long unitNanos)
    {
        Int128 size = nanos < 0 ? -nanos : nanos;
        Int128 multiple = ((2 * size) + unitNanos) / (2 * (Int128)unitNanos) * unitNanos;
        return nanos < 0 ? -multiple : multiple;
    }

    private static IEnumerable<int> ByRemainder(Int128[] remainders) => Enumerable.Range(0, remainders.Length).OrderByDescending(i => remainders[i]).ThenBy(i => i);
}
