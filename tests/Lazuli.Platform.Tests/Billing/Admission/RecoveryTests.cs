using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

public sealed class RecoveryTests
{
    private static readonly AdmissionOptions s_options = new();

    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_a_killed_process_left_is_settled_at_its_last_mark(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        await test.Admission.SetAsync(LimitSubject.Party(Buyer), new AccountLimits { SpendPerMonth = Hard(1_000_000), Concurrency = 3 }, default);
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 10), default);
        IAdmittedRequest marked = await test.AdmitAsync(Request(10, 100));
        IAdmittedRequest unmarked = await test.AdmitAsync(Request(10, 100));
        await marked.ReportAsync(31, default); // not yet worth a mark
        await marked.ReportAsync(40, default);
        await marked.ReportAsync(60, default);
        await unmarked.ReportAsync(5, default);
        test.Restart();
        var time = new FakeTimeProvider();
        DeadSources dead = Dead(test.Admission, test.Money, time);
        int settled = await dead.LookAsync(default);
        if (kind == DatabaseKind.Postgres)
        {
            Assert.Equal(0, settled); // it might live
            time.Advance(s_options.DeadAfter);
            settled = await dead.LookAsync(default);
        }

        Assert.Equal(2, settled);
        AccountStanding standing = await test.StandingAsync(LimitSubject.Party(Buyer));
        Assert.Equal((120 + 420, 0, 0), (standing.SpentThisMonthNanos, standing.HeldNanos, standing.Running));
        IReadOnlyList<(long Sequence, long Completion, long Outcome)> events = await test.Money.QueryAsync<(long, long, long)>("SELECT sequence, completion_tokens, outcome FROM meter_events ORDER BY source, sequence", null, default);
        Assert.Equal([1, 2, 3], events.Select(e => e.Sequence));
        Assert.Equal([0, 10, 40], events.Select(e => e.Completion).Order());
        Assert.Equal(2, events.Count(e => e.Outcome == (long)RequestOutcome.Interrupted));
        Assert.Equal([2L, 3], (await new MeterEvents(test.Money).InterruptedAsync(default)).Select(e => e.Sequence));
        Assert.Equal(3, (await test.Money.QueryAsync<long>("SELECT CAST(SUM(events) AS BIGINT) FROM meter_beats", null, default))[0]);
        Assert.Equal(540, (await test.Money.QueryAsync<long>("SELECT CAST(SUM(charge_nanos) AS BIGINT) FROM meter_sums", null, default))[0]);
        Assert.Equal(540, (await new LedgerReader(test.Money).BalancesAsync(LedgerAccount.Accrued(Buyer, Prices.Seller).Name, default)).Sum(b => b.Balance.Nanos));
        Assert.True((await new LedgerReader(test.Money).VerifyAsync(default)).Holds);
        Assert.Equal(0, await dead.LookAsync(default));
    }

    [Fact]
    public async Task A_process_taken_for_dead_goes_on_with_a_new_source_and_nothing_is_charged_twice()
    {
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Postgres);
        IAdmittedRequest running = await test.AdmitAsync(Request(10, 100));
        await running.ReportAsync(50, default);
        await using Admission other = test.OpenAgain();
        var time = new FakeTimeProvider();
        DeadSources dead = Dead(other, test.Money, time);
        await dead.LookAsync(default);
        time.Advance(s_options.DeadAfter);
        Assert.Equal(1, await dead.LookAsync(default));
        Assert.Equal(0, await running.ReportAsync(90, default)); // must end
        Settlement settlement = await running.SettleAsync(Used(10, 90), default);
        Assert.Equal(520, settlement.Charge.Nanos);
        await (await test.AdmitAsync(Request(0, 1))).SettleAsync(Used(0, 1), default);
        Assert.Equal(530, (await test.Money.QueryAsync<long>("SELECT CAST(SUM(charge_nanos) AS BIGINT) FROM meter_events", null, default))[0]);
        Assert.Equal(2, await test.CountAsync("meter_sources"));
    }

    [Fact]
    public async Task A_source_that_closes_leaves_nothing_to_recover()
    {
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite);
        await (await test.AdmitAsync(Request(0, 5))).SettleAsync(Used(0, 5), default);
        Assert.True(await test.Admission.DoAsync(memory => memory.Close(), default));
        await (await test.AdmitAsync(Request(0, 5))).SettleAsync(Used(0, 5), default);
        IReadOnlyList<(long Source, long First, long Events)> beats = await test.Money.QueryAsync<(long, long, long)>("SELECT source, first_sequence, events FROM meter_beats", null, default);
        Assert.Equal([(1, 1, 1)], beats);
        Assert.Equal(2, (await test.Money.QueryAsync<long>("SELECT MAX(source) FROM meter_events", null, default))[0]);
    }

    [Fact]
    public async Task Sums_of_an_interval_are_those_of_its_events_over_restarts_and_failures()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 30, TimeSpan.Zero));
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite, time);
        for (int i = 0; i < 200; i++)
        {
            if (i % 7 == 3)
            {
                await test.Money.WriteAsync(t => t.Execute("CREATE TRIGGER broken BEFORE INSERT ON holds BEGIN SELECT RAISE(ABORT, 'no'); END"), default);
                await test.RefusedAsync(Request());
                await test.Money.WriteAsync(t => t.Execute("DROP TRIGGER broken"), default);
            }

            await (await test.AdmitAsync(Request(i, 10))).SettleAsync(Used(i, i % 10), default);
            time.Advance(TimeSpan.FromSeconds(i % 13));
            if (i % 50 == 49)
            {
                test.Restart();
                await Dead(test.Admission, test.Money, time).LookAsync(default);
            }
        }

        await test.Admission.DoAsync(memory => memory.Close(), default);
        const string Sums = "CAST(SUM(prompt_tokens) AS BIGINT), CAST(SUM(completion_tokens) AS BIGINT), CAST(SUM(charge_nanos) AS BIGINT)";
        Assert.Equal(
            await test.Money.QueryAsync<(long, long, long, long, long)>($"SELECT at_us / 60000000 * 60, CAST(COUNT(*) AS BIGINT), {Sums} FROM meter_events GROUP BY 1 ORDER BY 1", null, default),
            await test.Money.QueryAsync<(long, long, long, long, long)>($"SELECT interval_s, CAST(SUM(events) AS BIGINT), {Sums} FROM meter_sums GROUP BY 1 ORDER BY 1", null, default));
        IReadOnlyList<(long Source, long First, long Events)> beats = await test.Money.QueryAsync<(long, long, long)>("SELECT source, first_sequence, events FROM meter_beats ORDER BY source, interval_s", null, default);
        foreach (var source in beats.GroupBy(b => b.Source))
        {
            long next = 1;
            foreach ((_, long first, long events) in source)
            {
                Assert.Equal(next, first);
                next += events;
            }
        }
    }

    private static DeadSources Dead(Admission admission, MoneyDatabase money, TimeProvider time) => new(admission, money, Options.Create(s_options), time, NullLogger<DeadSources>.Instance);
}
