using Lazuli.Billing;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

/// <summary>A metering store in memory: events in, sums out.</summary>
internal sealed class MeteredEvents : IMeteredUsage, IMeterPeriods, IDeviceTimes
{
    private readonly List<(MeteredQuantity Sum, string Id, DateTimeOffset EndedAt, DateTimeOffset RecordedAt)> _events = [];

    public List<DeviceTime> DeviceTimes { get; } = [];

    Task<IReadOnlyList<DeviceTime>> IDeviceTimes.SumAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeviceTime>>(DeviceTimes);

    public string? Incomplete { get; set; }

    public void Add(MeteredQuantity sum, string id, DateTimeOffset endedAt, DateTimeOffset recordedAt) => _events.Add((sum, id, endedAt, recordedAt));

    public Task<string?> WhyIncompleteAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) => Task.FromResult(Incomplete);

    public Task<IReadOnlyList<MeteredQuantity>> SumAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset cutoff, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<MeteredQuantity>>(
            [.. _events.Where(e => e.Sum.Party == party && e.EndedAt >= from && e.EndedAt < until && e.RecordedAt <= cutoff)
                .GroupBy(e => UsageGroup.Of(e.Sum))
                .Select(group => group.First().Sum with { Quantity = group.Sum(e => e.Sum.Quantity), AccruedNanos = group.Sum(e => e.Sum.AccruedNanos) })]);

    public Task<IReadOnlyList<string>> LateEventsAsync(
        PartyId party, DateTimeOffset from, DateTimeOffset until, DateTimeOffset recordedAfter, DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. _events.Where(e => e.Sum.Party == party && e.EndedAt >= from && e.EndedAt < until && e.RecordedAt > recordedAfter && e.RecordedAt <= cutoff)
                .Select(e => e.Id).Distinct().Order(StringComparer.Ordinal).Take(limit)]);

    public Task<DateTimeOffset?> OldestLateAsync(PartyId party, DateTimeOffset endedBefore, DateTimeOffset recordedAfter, DateTimeOffset cutoff, CancellationToken cancellationToken) =>
        Task.FromResult(_events.Where(e => e.Sum.Party == party && e.EndedAt < endedBefore && e.RecordedAt > recordedAfter && e.RecordedAt <= cutoff).Select(e => (DateTimeOffset?)e.EndedAt).Min());

    public Task<IReadOnlyList<PartyId>> PartiesAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartyId>>([.. _events.Where(e => e.EndedAt >= from && e.EndedAt < until).Select(e => e.Sum.Party).Distinct()]);
}
