using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Time.Testing;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;

namespace Lazuli.Platform.Tests.Billing;

public sealed class MeteringStoreTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Intervals_are_sealed_once_each_in_order_and_a_party_proves_its_events(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 30, TimeSpan.Zero));
        await using AdmissionFixture test = await OpenAsync(kind, time);
        var log = new MemoryLog();
        var events = new MeterEvents(test.Money);
        var sealer = new IntervalSealer(test.Money, events, log, time);
        var ids = new List<Guid>();
        for (int i = 0; i < 6; i++)
        {
            IAdmittedRequest request = await test.AdmitAsync(Request(10, 10));
            await request.SettleAsync(Used(10, i), default);
            ids.Add(request.RequestId);
            time.Advance(TimeSpan.FromSeconds(25));
        }

        Assert.Equal(2, await sealer.SealAsync(default)); // of the running interval nothing
        Assert.Equal(0, await sealer.SealAsync(default));
        await test.Admission.DoAsync(memory => memory.Close(), default);
        time.Advance(TimeSpan.FromMinutes(1));
        log.FailNext = true;
        await Assert.ThrowsAsync<IOException>(() => sealer.SealAsync(default)); // killed between the log and the note of it
        await sealer.SealAsync(default);
        Assert.Null(MeterVerifier.WhyBroken(log.Entries));
        Assert.Equal(4, log.Entries.Count); // the last has no events, which is not the same as none
        Assert.Equal(6, log.Entries.Sum(entry => IntervalSeal.Read(entry).Count));
        string subject = await sealer.SubjectAsync(Buyer, default);
        var all = new List<MeterEvent>();
        foreach (Guid id in ids)
        {
            all.Add((await events.FindAsync(id, default))!);
        }

        foreach (byte[] entry in log.Entries)
        {
            IntervalSeal seal = IntervalSeal.Read(entry);
            IntervalTree tree = await sealer.TreeAsync(seal.IntervalSeconds, default);
            MeterEvent[] own = [.. all.Where(e => e.At.ToUnixTimeSeconds() / 60 * 60 == seal.IntervalSeconds)];
            Assert.Null(MeterVerifier.WhyIncomplete(seal, tree.Prove(subject), subject, own));
            Assert.Equal(own.Length > 0, MeterVerifier.WhyIncomplete(seal, tree.Prove(subject), subject, [.. own.Skip(1)]) is not null);
            Assert.Null(MeterVerifier.WhyNotTheWhole(seal, own, _ => subject));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_period_is_complete_when_it_is_over_beaten_and_nothing_runs(DatabaseKind kind)
    {
        DateTimeOffset from = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset until = from.AddMonths(1);
        var time = new FakeTimeProvider(until.AddMinutes(-2));
        await using AdmissionFixture test = await OpenAsync(kind, time);
        var periods = new MeterPeriods(test.Money, Microsoft.Extensions.Options.Options.Create(new AdmissionOptions()), time);
        var usage = new MeteredUsage(test.Money);
        IAdmittedRequest first = await test.AdmitAsync(Request(10, 10));
        Assert.Contains("not over", await periods.WhyIncompleteAsync(Buyer, from, until, default), StringComparison.Ordinal);
        await first.SettleAsync(Used(10, 10, cached: 4), default);
        IAdmittedRequest second = await test.AdmitAsync(Request(10, 10));
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Contains("still run", await periods.WhyIncompleteAsync(Buyer, from, until, default), StringComparison.Ordinal);
        Assert.Contains("node/1", await periods.WhyIncompleteAsync(new PartyId("other"), from, until, default), StringComparison.Ordinal);
        await second.SettleAsync(Used(10, 1), default); // in the next month
        Assert.Null(await periods.WhyIncompleteAsync(Buyer, from, until, default));
        IReadOnlyList<MeteredQuantity> sums = await usage.SumAsync(Buyer, from, until, time.GetUtcNow(), default);
        Assert.Equal(
            [(UsageMeter.InputTokens, 6, 12), (UsageMeter.CachedInputTokens, 4, 4), (UsageMeter.OutputTokens, 10, 100), (UsageMeter.Requests, 1, 0)],
            sums.Select(s => (s.Meter, s.Quantity, s.AccruedNanos)));
        Assert.Equal([Buyer], await usage.PartiesAsync(from, until, default));
        Assert.Empty(await usage.LateEventsAsync(Buyer, from, until, until.AddDays(1), until.AddDays(2), 10, default));
        await test.Money.WriteAsync(t => t.Execute("DELETE FROM meter_events WHERE sequence = 1"), default);
        Assert.Contains("1 are in its heartbeats and 0 are stored", await periods.WhyIncompleteAsync(Buyer, from, until, default), StringComparison.Ordinal);
    }
}
