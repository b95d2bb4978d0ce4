using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>A log whose disk fails, under a host that goes on.</summary>
public sealed class UnsealedTests
{
    private static readonly DateTimeOffset s_from = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_log_that_fails_stops_no_request_but_the_invoice_until_all_is_sealed(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_from.AddMonths(1).AddMinutes(-2));
        await using AdmissionFixture test = await OpenAsync(kind, time);
        var log = new MemoryLog { IsFull = true };
        var sealing = new Sealing();
        IOptions<AdmissionOptions> options = Options.Create(new AdmissionOptions());
        await using ServiceProvider services = new ServiceCollection().AddSingleton<ITransparencyLog>(log)
            .AddSingleton(new DocumentSealer(test.Money, log)).AddSingleton(new IntervalSealer(test.Money, new MeterEvents(test.Money), log, time)).BuildServiceProvider();
        using var service = new MeteringService(
            test.Admission, new DeadSources(test.Admission, test.Money, options, time, NullLogger<DeadSources>.Instance), test.Money, services, sealing, options, time, NullLogger<MeteringService>.Instance);
        var periods = new MeterPeriods(test.Money, options, time, sealing);
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 1), default);
        time.Advance(TimeSpan.FromMinutes(4));
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 1), default);

        Assert.False(await service.TrySealAsync(default));
        Assert.Contains("No space left", sealing.Failure, StringComparison.Ordinal);
        Assert.Contains("not sealed", await periods.WhyIncompleteAsync(Buyer, s_from, s_from.AddMonths(1), default), StringComparison.Ordinal);
        Assert.Contains("on its way", await new MeterPeriods(test.Money, options, time).WhyIncompleteAsync(Buyer, s_from, s_from.AddMonths(1), default), StringComparison.Ordinal); // another process
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 1), default); // requests go on

        log.IsFull = false;
        Assert.True(await service.TrySealAsync(default));
        Assert.Null(sealing.Failure);
        Assert.Null(await periods.WhyIncompleteAsync(Buyer, s_from, s_from.AddMonths(1), default));
        Assert.Equal(log.Entries.Count, log.Entries.Select(Convert.ToHexString).Distinct().Count()); // what failed was not doubled
        Assert.Null(MeterVerifier.WhyBroken(log.Entries));

        log.IsFull = true;
        time.Advance(TimeSpan.FromMinutes(2));
        await test.Admission.DoAsync(memory => true, default);
        Assert.False(await service.TrySealAsync(default));
        Assert.Null(await periods.WhyIncompleteAsync(Buyer, s_from, s_from.AddMonths(1), default)); // all of that month is under the log already
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_gateway_that_keeps_another_log_than_the_one_that_has_the_intervals_does_not_start(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_from);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        var binding = new LogBinding(test.Money, time);
        await binding.BindAsync(new MemoryLog { VerifierKey = "lab.example+1+AA" }, default);
        await binding.BindAsync(new MemoryLog { VerifierKey = "lab.example+1+AA" }, default); // a restart
        LogBindingException refused = await Assert.ThrowsAsync<LogBindingException>(() => binding.BindAsync(new MemoryLog { VerifierKey = "lab.example+2+BB" }, default));
        Assert.Contains("sealed in the log lab.example+1+AA", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_database_keeps_the_interval_length_that_it_began_with(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_from);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        await IntervalLength.CheckAsync(test.Money, 1, default); // nothing was metered
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 1), default);
        await test.Admission.DoAsync(memory => memory.Close(), default);
        await IntervalLength.CheckAsync(test.Money, 60, default);
        IntervalLengthException refused = await Assert.ThrowsAsync<IntervalLengthException>(() => IntervalLength.CheckAsync(test.Money, 1, default));
        Assert.Contains("summed every 60 s", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task What_was_not_charged_is_not_rated_and_a_failed_request_is_none(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(s_from);
        await using AdmissionFixture test = await OpenAsync(kind, time);
        IAdmittedRequest passed = await test.AdmitAsync(Request(10, 10));
        await passed.SettleAsync(Used(10, 200), default); // 200 tokens where 10 were held
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(0, 0, outcome: RequestOutcome.Failed), default);
        await test.Admission.DoAsync(memory => memory.Close(), default);
        time.Advance(TimeSpan.FromMinutes(2));
        IReadOnlyList<MeteredQuantity> sums = await new MeteredUsage(test.Money).SumAsync(Buyer, s_from, s_from.AddDays(1), time.GetUtcNow(), default);
        long charged = (await test.Money.QueryAsync<long>("SELECT CAST(SUM(charge_nanos) AS BIGINT) FROM meter_events", null, default))[0];
        long uncharged = (await test.Money.QueryAsync<long>("SELECT CAST(SUM(uncharged_nanos) AS BIGINT) FROM meter_events", null, default))[0];
        Assert.True(uncharged > 0);
        TokenPrices prices = BookSamples.Prices;
        Assert.Equal(charged, sums.Sum(sum => sum.Quantity * sum.Meter switch { UsageMeter.InputTokens => prices.InputNanos, UsageMeter.OutputTokens => prices.OutputNanos, _ => 0 }));
        Assert.Equal(1, sums.Single(sum => sum.Meter == UsageMeter.Requests).Quantity);
        Assert.Equal(charged, sums.Sum(sum => sum.AccruedNanos));
    }
}
