using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests.Billing;

public sealed class MeterTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_training_job_is_charged_by_begun_device_seconds_once_and_invoiced(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        MeteredJob job = Job(3_599.2);
        Settlement settled = await test.Meter.RecordAsync(job, default);
        Assert.Equal((3_600 * 2_000_000L, test.PriceVersion), (settled.Charge.Nanos, settled.PriceVersion));
        Assert.Equal(settled, await test.Meter.RecordAsync(job, default));
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => test.Meter.RecordAsync(job with { DeviceSeconds = 5 }, default))).Code);
        Guid request = await test.UseAsync(100, 10);
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => test.Meter.RecordAsync(job with { Id = request }, default))).Code);
        MeterEvent stored = (await test.Stored.FindAsync(job.Id, default))!;
        Assert.Equal((MeterEventKind.Job, 3_599_200_000L, 3_600L, 0L, 2e18), (stored.Kind, stored.DeviceMicroseconds, stored.DeviceSeconds, stored.Requests, stored.Flop));

        MeterEvent corrected = await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Request = job.Id, DeviceSeconds = 3_000, Reason = "idle while it waited for data" }, default);
        Assert.Equal((-600L, -600 * 2_000_000L), (corrected.DeviceSeconds, corrected.Charge.Nanos));
        Invoice invoice = await test.CloseAsync(OutsideFixture.November);
        InvoiceLine line = invoice.Document.Lines.Single(line => line.Meter == UsageMeter.DeviceSeconds);
        Assert.Equal((3_000L, 6 * Money.NanosPerUnit), (line.Quantity, line.ExactNanos));
        Assert.Equal(0, await test.AccruedAsync());
        LedgerVerdict verdict = await test.Money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(DatabaseKind.Sqlite);
        foreach (double seconds in new[] { -1, double.NaN, double.PositiveInfinity, 1e300 })
        {
            Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => test.Meter.RecordAsync(Job(seconds), default))).Code);
        }

        MeteredJob unpriced = Job(5) with { GrantChain = [new GrantId("grant_x")], Party = new PartyId("nobody") };
        Assert.Equal(BillingRefusal.NotFound, (await Assert.ThrowsAsync<BillingRefusedException>(() => test.Meter.RecordAsync(unpriced, default))).Code);
        Assert.Equal("internal@1", (await test.Meter.RecordAsync(Job(5) with { GrantChain = [], Party = InvoiceFixture.Lab }, default)).PriceVersion); // the owner's own
        Assert.Equal(0, await test.AccruedAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Jobs_at_once_with_one_id_are_one(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        MeteredJob job = Job(10);
        Settlement[] all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => test.Meter.RecordAsync(job, default)));
        Assert.Single(all.Distinct());
        Assert.Equal(1, await test.CountAsync("SELECT COUNT(*) FROM meter_events"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_clock_that_jumps_either_way_keeps_events_and_intervals_in_order(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        var log = new MemoryLog();
        var sealer = new IntervalSealer(test.Money.Money, test.Stored, log, test.Money.Time);
        int sequence = 0;
        foreach (double minutes in new[] { 1, 1, 120, 1, 2, 2, 1, -0.5, 1, 600, 1 })
        {
            if (minutes < 0)
            {
                test.Money.Time.AdjustTime(test.Money.Time.GetUtcNow().AddMinutes(minutes)); // set back
            }
            else if (minutes > 10)
            {
                test.Money.Time.AdjustTime(test.Money.Time.GetUtcNow().AddMinutes(minutes)); // set forward, no time passed
            }
            else
            {
                test.Money.Time.Advance(TimeSpan.FromMinutes(minutes));
            }

            await test.UseAsync(100, 10);
            await test.TakeOneAsync(test.Event(++sequence));
            await test.Meter.RecordAsync(Job(1), default);
            await sealer.SealAsync(default);
        }

        long[] own = [.. await test.Money.Money.QueryAsync<long>("SELECT e.at_us FROM meter_events e JOIN meter_sources s ON s.id = e.source WHERE s.is_ours = 1 ORDER BY e.source, e.sequence", null, default)];
        Assert.Equal(22, own.Length);
        Assert.Equal(own.Order(), own);
        await test.Admission.DoAsync(memory => memory.Close(), default);
        test.Money.Time.Advance(TimeSpan.FromHours(20));
        await sealer.SealAsync(default);
        Assert.Null(MeterVerifier.WhyBroken(log.Entries));
        Assert.Equal(33, log.Entries.Sum(entry => IntervalSeal.Read(entry).Count)); // each under the log once
        Assert.Equal(33 - 11, (int)(await test.CountAsync("SELECT COUNT(*) FROM meter_events e JOIN meter_sources s ON s.id = e.source WHERE s.is_ours = 1")));
        Assert.Equal(22 * OutsideFixture.ChargeOf(100, 10) + (11 * 2_000_000), await test.AccruedAsync());
    }

    private static MeteredJob Job(double seconds) => new()
    {
        Id = Guid.CreateVersion7(), Project = OutsideFixture.Support, Party = InvoiceFixture.Customer, GrantChain = InvoiceFixture.Chain, ModelName = "tiny", ModelDigest = "sha256:01", DeviceSeconds = seconds, Flop = 2e18,
    };
}
