namespace Lazuli.Contracts;

/// <summary>Metered use and accrued charges of a project or party, request by request and in sums. Thread-safe; what was settled before the call is in the answer.</summary>
public interface IUsageReports
{
    /// <summary>Requests, newest first, at most <paramref name="limit"/> of those after the cursor; null begins with the newest.</summary>
    Task<IReadOnlyList<MeterEvent>> ListAsync(UsageFilter filter, UsageCursor? after, int limit, CancellationToken cancellationToken);

    /// <summary>Use by buckets of time, oldest first; buckets without use are left out.</summary>
    /// <param name="filter">What to count; its times are whole multiples of the width, but for the end.</param>
    /// <param name="widthSeconds">Length of a bucket: whole minutes.</param>
    /// <param name="groupBy">What to keep apart.</param>
    /// <param name="limit">The most sums to answer; one more is answered when there are more.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    Task<IReadOnlyList<UsageSum>> SumAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken);

    /// <summary>Accrued charges by buckets of time, each currency by itself.</summary>
    /// <inheritdoc cref="SumAsync"/>
    Task<IReadOnlyList<CostSum>> CostAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken);
}
