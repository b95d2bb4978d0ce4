using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Answers what a test wrote down, and keeps what was asked.</summary>
internal sealed class WrittenReports : IUsageReports
{
    public List<MeterEvent> Events { get; } = [];

    public List<UsageSum> Sums { get; } = [];

    public List<CostSum> Costs { get; } = [];

    public List<(UsageFilter Filter, UsageGroups Groups, long Width)> Asked { get; } = [];

    public Task<IReadOnlyList<MeterEvent>> ListAsync(UsageFilter filter, UsageCursor? after, int limit, CancellationToken cancellationToken)
    {
        Asked.Add((filter, UsageGroups.None, 0));
        int from = after is { } place ? Events.FindIndex(e => e.At == place.At && e.Source == place.Source && e.Sequence == place.Sequence) + 1 : 0;
        return Task.FromResult<IReadOnlyList<MeterEvent>>([.. Events.Skip(from).Take(limit)]);
    }

    public Task<IReadOnlyList<UsageSum>> SumAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken)
    {
        Asked.Add((filter, groupBy, widthSeconds));
        return Task.FromResult<IReadOnlyList<UsageSum>>([.. Sums.Where(sum => sum.Start >= filter.From && sum.Start < filter.Until).Take(limit + 1)]);
    }

    public Task<IReadOnlyList<CostSum>> CostAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken)
    {
        Asked.Add((filter, groupBy, widthSeconds));
        return Task.FromResult<IReadOnlyList<CostSum>>([.. Costs.Where(sum => sum.Start >= filter.From && sum.Start < filter.Until).Take(limit + 1)]);
    }
}
