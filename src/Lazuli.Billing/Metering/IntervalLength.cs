using System.Globalization;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A database keeps the interval length that it began with: sums and seals are named by where an interval begins, so of two lengths one could fall under what the other sealed.</summary>
internal static class IntervalLength
{
    /// <summary>Checks the setting against what was metered.</summary>
    /// <exception cref="IntervalLengthException">It is another one.</exception>
    public static async Task CheckAsync(MoneyDatabase money, int seconds, CancellationToken cancellationToken)
    {
        IReadOnlyList<long> before = await money.QueryAsync<long>("SELECT length_s FROM meter_beats ORDER BY interval_s DESC LIMIT 1", null, cancellationToken).ConfigureAwait(false);
        if (before.Count > 0 && before[0] != seconds)
        {
            throw new IntervalLengthException(before[0], seconds);
        }
    }
}

/// <summary>Metering is set to another interval length than the one that its database has.</summary>
/// <param name="metered">Length of the intervals so far, in seconds.</param>
/// <param name="wanted">The setting, in seconds.</param>
public sealed class IntervalLengthException(long metered, int wanted) : Exception(string.Create(
    CultureInfo.InvariantCulture, $"The use in this database is summed every {metered} s, and Admission:IntervalSeconds is {wanted}. A database keeps its length; set it back to {metered}."));
