using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class RunAccountTests
{
    [Fact]
    public void Counts_by_both_methods_and_tells_their_ratio()
    {
        // 3.3e13 FLOP in 1,000 s on a peak of 1e11 FLOP/s: 33 % of the peak, so the methods agree at an assumed 0.33.
        RunAccount account = RunAccount.Of(AccountSamples.Run("r", AccountSamples.UseOf(1000, 3.3e13, 1000, 36_000), AccountSamples.Begin), AccountSamples.Rates);
        Assert.Equal(3.3e13, account.FlopByCount);
        Assert.Equal(3.3e13, account.FlopByTime!.Value, 1e3);
        Assert.Equal(1, account.RatioCountToTime!.Value, 1e-9);
        Assert.Equal(0.33, account.ModelFlopUtilisation!.Value, 1e-12);
        Assert.Equal(3.3e13 / 8.64e19, account.PetaflopDays, 1e-20);
        Assert.Equal(2000.0 / 3600, account.DeviceHours, 1e-12);
        Assert.Equal(10, account.EnergyWattHours, 1e-12);
        Assert.Equal(decimal.Round((2000m / 3600 * 0.05m) + (0.010m * 0.3m), 6), account.Cost);
    }

    [Fact]
    public void Leaves_out_what_is_not_known()
    {
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(1000, 3.3e13, 1000, 36_000), AccountSamples.Begin) with { IsPeakKnown = false };
        RunAccount account = RunAccount.Of(run, new ComputeRates());
        Assert.Null(account.FlopByTime);
        Assert.Null(account.RatioCountToTime);
        Assert.Null(account.ModelFlopUtilisation);
        Assert.Null(account.Cost);
    }

    [Fact]
    public void A_run_that_did_nothing_has_no_ratio_rather_than_one_that_is_not_a_number()
    {
        RunAccount account = RunAccount.Of(AccountSamples.Run("r", default, AccountSamples.Begin), AccountSamples.Rates);
        Assert.Null(account.RatioCountToTime);
        Assert.Null(account.ModelFlopUtilisation);
        Assert.Equal(0m, account.Cost);
    }

    [Fact]
    public void Every_run_has_finite_figures_and_petaflop_days_that_make_its_flop() =>
        AccountSamples.AnyRun.Sample(run =>
        {
            RunAccount account = RunAccount.Of(run, AccountSamples.Rates);
            Assert.True(AccountSamples.Near(account.PetaflopDays * 8.64e19, account.FlopByCount));
            Assert.True(account.RatioCountToTime is null or (> 0 and < double.PositiveInfinity));
            Assert.Equal(account.FlopByCount > 0 && account.FlopByTime > 0, account.RatioCountToTime is not null);
        });

    [Fact]
    public void The_months_of_a_run_add_up_to_the_run() =>
        AccountSamples.AnyRun.Sample(run =>
        {
            ComputeUse sum = default;
            for (CalendarMonth month = CalendarMonth.Of(AccountSamples.Begin); month.Start <= run.UpdatedAt; month = CalendarMonth.Of(month.End))
            {
                ComputeUse part = run.UsedIn(month);
                Assert.True(part.Tokens >= 0 && part.Flop >= 0 && part.Seconds >= 0 && part.EnergyJoules >= 0);
                sum += part;
            }

            Assert.Equal(run.Used.Tokens, sum.Tokens);
            Assert.True(AccountSamples.Near(run.Used.Flop, sum.Flop) && AccountSamples.Near(run.Used.Seconds, sum.Seconds) && AccountSamples.Near(run.Used.EnergyJoules, sum.EnergyJoules));
        });

    /// <summary>A resumed run goes on from a checkpoint's sums, so steps done again come with figures that were there before.</summary>
    [Fact]
    public void Steps_done_again_after_resuming_count_once() =>
        Gen.Select(AccountSamples.AnyRun, Gen.Int[0, 11], Gen.Int[0, 11], Gen.Int[1, 3000]).Sample((run, first, second, pauseHours) =>
        {
            int killed = Math.Max(first, second) % run.History.Count;
            int checkpoint = Math.Min(first, killed);
            TimeSpan pause = TimeSpan.FromHours(pauseHours);
            RunFacts resumed = run with
            {
                History = [.. run.History.Take(killed + 1), .. run.History.Skip(checkpoint).Select(p => p with { At = p.At + (run.History[killed].At - run.History[checkpoint].At) + pause })],
                UpdatedAt = run.UpdatedAt + (run.History[killed].At - run.History[checkpoint].At) + pause,
            };
            Assert.Equal(RunAccount.Of(run, AccountSamples.Rates).FlopByCount, RunAccount.Of(resumed, AccountSamples.Rates).FlopByCount);
            long months = 0;
            for (CalendarMonth month = CalendarMonth.Of(AccountSamples.Begin); month.Start <= resumed.UpdatedAt; month = CalendarMonth.Of(month.End))
            {
                months += resumed.UsedIn(month).Tokens;
            }

            Assert.Equal(run.Used.Tokens, months);
        });

    [Fact]
    public void Figures_that_went_back_never_make_a_month_negative()
    {
        var october = new DateTimeOffset(2026, 10, 10, 0, 0, 0, TimeSpan.Zero);
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(50, 50, 50, 50), october.AddMonths(1)) with { History = [new UsePoint(october, AccountSamples.UseOf(80, 80, 80, 80))] };
        Assert.Equal(80, run.UsedIn(AccountSamples.Month("2026-10")).Tokens);
        Assert.Equal(0, run.UsedIn(AccountSamples.Month("2026-11")).Tokens);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    [InlineData(1, 1e300)]
    public void Refuses_figures_that_cannot_be_true(double flop, double seconds)
    {
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(1, flop, seconds, 1), AccountSamples.Begin);
        Assert.Throws<ArgumentException>(() => RunAccount.Of(run, AccountSamples.Rates));
    }

    [Fact]
    public void Sittings_on_other_threads_count_by_what_they_held()
    {
        // An hour on a whole device, then an hour on a quarter of it.
        ComputeUse use = AccountSamples.UseOf(10, 1e14, 3600, 0, devices: 1) + AccountSamples.UseOf(10, 1e13, 3600, 0, devices: 0.25);
        RunAccount account = RunAccount.Of(AccountSamples.Run("r", use, AccountSamples.Begin), AccountSamples.Rates);
        Assert.Equal(1.25, account.DeviceHours, 1e-12);
        Assert.Equal(1.1e14 / (1.25 * 3600 * 5e10), account.ModelFlopUtilisation!.Value, 1e-12);
    }

    [Theory]
    [InlineData(null, null, "neither")]
    [InlineData(null, 0.3, "energy only")]
    [InlineData(0.05, null, "device-hours only")]
    public void Says_what_cost_leaves_out(double? device, double? energy, string said) =>
        Assert.Contains(said, new ComputeRates { PerDeviceHour = (decimal?)device, PerKilowattHour = (decimal?)energy }.CostNote, StringComparison.Ordinal);

    [Fact]
    public void The_largest_figures_that_are_taken_do_not_overflow_money()
    {
        var rates = new ComputeRates { PerDeviceHour = 1e6m, PerKilowattHour = 1e6m };
        RunFacts run = AccountSamples.Run("r", new ComputeUse(long.MaxValue, 1e40, 1e16, 1e16, 1e40, 1e20), AccountSamples.Begin) ;
        Assert.True(RunAccount.Of(run, rates).Cost > 0);
    }
}
