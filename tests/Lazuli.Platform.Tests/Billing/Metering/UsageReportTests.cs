using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;

namespace Lazuli.Platform.Tests.Billing;

public sealed class UsageReportTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 23, 58, 30, TimeSpan.Zero);

    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Requests_are_listed_newest_first_page_by_page_each_once(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_start);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        UsageReports reports = Reports(test);
        var made = new List<Guid>();
        for (int i = 0; i < 23; i++)
        {
            made.Add(await CallAsync(test, Request(10, 10, key: i % 2 == 0 ? "even" : "odd"), 10, i));
            time.Advance(TimeSpan.FromSeconds(i % 3 * 20)); // some end in the same microsecond
        }

        UsageFilter all = Filter(time);
        for (int size = 1; size <= 24; size += size < 4 ? 1 : 10)
        {
            var seen = new List<Guid>();
            UsageCursor? cursor = null;
            while (await reports.ListAsync(all, cursor, size, default) is { Count: > 0 } page)
            {
                Assert.True(page.Count <= size);
                seen.AddRange(page.Select(e => e.RequestId!.Value));
                cursor = new UsageCursor(page[^1].At, page[^1].Source, page[^1].Sequence);
            }

            Assert.Equal(made.AsEnumerable().Reverse(), seen);
        }

        Assert.Equal(made.Where((_, i) => i % 2 == 1).Reverse(), (await reports.ListAsync(all with { Keys = ["odd", "none"] }, null, 50, default)).Select(e => e.RequestId!.Value));
        Assert.Empty(await reports.ListAsync(all with { Project = new ProjectId("other") }, null, 50, default));
        Assert.Empty(await reports.ListAsync(all with { Models = ["other"] }, null, 50, default));
        Assert.Empty(await reports.ListAsync(all with { Batch = true }, null, 50, default));
        Assert.Equal([made[1], made[0]], (await reports.ListAsync(all with { Until = s_start.AddSeconds(1) }, null, 50, default)).Select(e => e.RequestId!.Value));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sums_count_each_event_once_before_and_after_its_heartbeat(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_start);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        UsageReports reports = Reports(test);
        for (int i = 0; i < 6; i++)
        {
            await CallAsync(test, Request(10, 10, key: i % 2 == 0 ? "even" : "odd"), 10, i + 1);
            UsageSum whole = Assert.Single(await reports.SumAsync(Filter(time), 7 * 86_400, UsageGroups.None, 10, default));
            Assert.Equal((i + 1, new ChargedTokens(10 * (i + 1), 0, (i + 1) * (i + 2) / 2)), (whole.Requests, whole.Tokens));
            time.Advance(TimeSpan.FromSeconds(45));
        }

        IReadOnlyList<UsageSum> days = await reports.SumAsync(Filter(time), 86_400, UsageGroups.None, 10, default);
        Assert.Equal([(s_start.Date, 2), (s_start.Date.AddDays(1), 4)], days.Select(d => (d.Start.UtcDateTime, d.Requests)));
        IReadOnlyList<UsageSum> byKey = await reports.SumAsync(Filter(time), 7 * 86_400, UsageGroups.Key | UsageGroups.Model | UsageGroups.Project | UsageGroups.Batch, 10, default);
        Assert.Equal([("even", "tiny", "project", false, 9), ("odd", "tiny", "project", false, 12)], byKey.Select(s => (s.Key!, s.Model!, s.Project!, s.Batch!.Value, s.Tokens.Completion)));
        Assert.Equal(3, (await reports.SumAsync(Filter(time), 60, UsageGroups.None, 2, default)).Count); // one more than asked says that there are more
        Assert.Equal(6, (await reports.SumAsync(Filter(time) with { Project = null, Party = Buyer }, 7 * 86_400, UsageGroups.None, 10, default)).Single().Requests);
        Assert.Empty(await reports.SumAsync(Filter(time) with { Project = null, Party = new PartyId("other") }, 60, UsageGroups.None, 10, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Costs_add_up_to_the_charges_however_they_are_grouped(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_start);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        UsageReports reports = Reports(test);
        for (int i = 0; i < 6; i++)
        {
            await CallAsync(test, Request(10, 10, key: i % 2 == 0 ? "even" : "odd"), 10, i, cached: i);
            time.Advance(TimeSpan.FromSeconds(45));
        }

        long charged = (await reports.ListAsync(Filter(time), null, 50, default)).Sum(e => e.Charge.Nanos);
        Assert.True(charged > 0);
        foreach (UsageGroups groups in new[] { UsageGroups.None, UsageGroups.Key, UsageGroups.LineItem, UsageGroups.LineItem | UsageGroups.Key | UsageGroups.Project })
        {
            Assert.Equal(charged, (await reports.CostAsync(Filter(time), 86_400, groups, 50, default)).Sum(c => c.Amount.Nanos));
        }

        IReadOnlyList<CostSum> items = await reports.CostAsync(Filter(time), 7 * 86_400, UsageGroups.LineItem, 50, default);
        Assert.Equal(
            [("tiny", UsageMeter.InputTokens, 45L), ("tiny", UsageMeter.CachedInputTokens, 15L), ("tiny", UsageMeter.OutputTokens, 15L)],
            items.Select(c => (c.Model!, c.Meter!.Value, c.Quantity!.Value)));
    }

    [Fact]
    public async Task No_list_of_some_events_reads_all_of_them()
    {
        var time = new FakeTimeProvider(s_start);
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite, time);
        UsageFilter filter = Filter(time) with { Keys = ["even"] };
        foreach (string sql in new[] { MeterEvents.Interrupted, UsageSql.Identities(filter), UsageSql.Use(filter), UsageSql.Sums(filter, UsageGroups.Key, []) })
        {
            IReadOnlyList<PlanRow> plan = await test.Money.QueryAsync<PlanRow>("EXPLAIN QUERY PLAN " + sql, UsageSql.Parameters(filter, interval: 60, limit: 10, intervals: 10), default);
            Assert.Contains(plan, row => row.Detail.StartsWith("SEARCH e USING", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, row => row.Detail.StartsWith("SCAN e", StringComparison.Ordinal)); // an index in whose order all is read is no better
        }
    }

    private static UsageReports Reports(AdmissionFixture test) => new(test.Money, new MeterEvents(test.Money), Options.Create(new AdmissionOptions()));

    private static UsageFilter Filter(FakeTimeProvider time) => new()
    {
        Project = new ProjectId("project"),
        From = new DateTimeOffset(2026, 11, 19, 0, 0, 0, TimeSpan.Zero), // a Thursday, as 1970 began: weeks of buckets begin there
        Until = time.GetUtcNow().AddSeconds(1),
    };

    private static async Task<Guid> CallAsync(AdmissionFixture test, AdmissionRequest request, long prompt, long completion, long cached = 0)
    {
        IAdmittedRequest admitted = await test.AdmitAsync(request);
        await admitted.SettleAsync(Used(prompt, completion, cached), default);
        return request.RequestId;
    }

    private sealed class PlanRow
    {
        public string Detail { get; init; } = "";
    }
}
