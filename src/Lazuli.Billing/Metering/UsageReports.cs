using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Reports from the sums of intervals and from the events that are in no heartbeat yet, read in one statement, so that each event counts once whenever it is asked.</summary>
internal sealed class UsageReports(MoneyDatabase money, MeterEvents events, IOptions<AdmissionOptions> options) : IUsageReports
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeterEvent>> ListAsync(UsageFilter filter, UsageCursor? after, int limit, CancellationToken cancellationToken)
    {
        if (after is { } place && place.At < filter.Until)
        {
            filter = filter with { Until = place.At.AddTicks(TimeSpan.TicksPerMicrosecond) }; // those that ended in the cursor's own microsecond are told apart below
        }

        // How far back the events lie is read off the sums, so that of a busy year only the last minutes are sorted.
        IReadOnlyList<IntervalRow> intervals = await money.QueryAsync<IntervalRow>(
            $"SELECT u.second AS Second, CAST(SUM(u.events) AS BIGINT) AS Events FROM ({UsageSql.Use(filter)}) u GROUP BY u.second ORDER BY u.second DESC LIMIT @intervals",
            UsageSql.Parameters(filter, options.Value.IntervalSeconds, limit: 0, intervals: limit + 2),
            cancellationToken).ConfigureAwait(false);
        if (intervals.Count == 0)
        {
            return [];
        }

        long wanted = limit;
        int taken = 0;
        while (taken < intervals.Count && wanted > 0) // the first counts nothing: all of it may be newer than the cursor
        {
            wanted -= taken == 0 ? 0 : intervals[taken].Events;
            taken++;
        }

        DateTimeOffset oldest = DateTimeOffset.FromUnixTimeSeconds(intervals[taken - 1].Second);
        return await events.NewestAsync(filter with { From = oldest > filter.From ? oldest : filter.From }, options.Value.IntervalSeconds, after, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UsageSum>> SumAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<UsageRow> rows = await ReadAsync(filter, widthSeconds, groupBy & ~UsageGroups.LineItem, [], limit, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new UsageSum(row.At, row.Project, row.Key, row.Model, row.Batch is { } batch ? batch != 0 : null, row.Requests, new ChargedTokens(row.Prompt, row.Cached, row.Completion)))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CostSum>> CostAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, int limit, CancellationToken cancellationToken)
    {
        if (!groupBy.HasFlag(UsageGroups.LineItem))
        {
            IReadOnlyList<UsageRow> whole = await ReadAsync(filter, widthSeconds, groupBy, ["p.currency"], limit, cancellationToken).ConfigureAwait(false);
            return [.. whole.Select(row => new CostSum(row.At, row.Project, row.Key, row.Model, null, null, row.Charge))];
        }

        IReadOnlyList<UsageRow> rows = await ReadAsync(
            filter, widthSeconds, (groupBy & ~UsageGroups.LineItem) | UsageGroups.Model, ["p.currency", "p.input_nanos", "p.cached_nanos", "p.output_nanos"], limit, cancellationToken).ConfigureAwait(false);
        return [.. rows.SelectMany(LineItems)
            .GroupBy(item => (item.Start, item.Project, item.Key, item.Model, item.Meter, item.Amount.Currency))
            .Select(group => group.First() with { Quantity = group.Sum(item => item.Quantity), Amount = new Money(group.Sum(item => item.Amount.Nanos), group.Key.Currency) })];
    }

    /// <summary>A sum by what is priced apart, as on invoices.</summary>
    private static IEnumerable<CostSum> LineItems(UsageRow row) => SumParts.Of(row.Whole())
        .Where(part => part.Meter != UsageMeter.Requests && (part.Quantity != 0 || part.AccruedNanos != 0))
        .Select(part => new CostSum(row.At, row.Project, row.Key, row.Model, part.Meter, part.Quantity, new Money(part.AccruedNanos, row.Charge.Currency)));

    private Task<IReadOnlyList<UsageRow>> ReadAsync(UsageFilter filter, long widthSeconds, UsageGroups groupBy, IReadOnlyList<string> columns, int limit, CancellationToken cancellationToken) =>
        money.QueryAsync<UsageRow>(
            UsageSql.Sums(filter, groupBy, columns),
            UsageSql.Parameters(filter, options.Value.IntervalSeconds, limit + 1, intervals: 0, widthSeconds),
            cancellationToken);

    private sealed class IntervalRow
    {
        public long Second { get; init; }

        public long Events { get; init; }
    }

    private sealed class UsageRow
    {
        public long Start { get; init; }

        public string? Project { get; init; }

        public string? Key { get; init; }

        public string? Model { get; init; }

        public long? Batch { get; init; }

        public string Currency { get; init; } = "";

        public long InputNanos { get; init; }

        public long CachedNanos { get; init; }

        public long OutputNanos { get; init; }

        public long Requests { get; init; }

        public long DeviceSeconds { get; init; }

        public long UnchargedNanos { get; init; }

        public long Prompt { get; init; }

        public long Cached { get; init; }

        public long Completion { get; init; }

        public long ChargeNanos { get; init; }

        public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(Start);

        public Money Charge => new(ChargeNanos, new Currency(Currency));

        public SumRow Whole() => new()
        {
            InputNanos = InputNanos,
            CachedNanos = CachedNanos,
            OutputNanos = OutputNanos,
            Requests = Requests,
            DeviceSeconds = DeviceSeconds,
            PromptTokens = Prompt,
            CachedTokens = Cached,
            CompletionTokens = Completion,
            ChargeNanos = ChargeNanos,
            UnchargedNanos = UnchargedNanos,
        };
    }
}
