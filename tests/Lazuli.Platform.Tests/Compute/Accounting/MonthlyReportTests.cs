using System.Globalization;
using CsCheck;
using Lazuli.Compute;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

public sealed class MonthlyReportTests
{
    private static readonly CalendarMonth s_month = AccountSamples.Month("2026-11");
    private static readonly DateTimeOffset s_middle = new(2026, 11, 16, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<ServingUse> s_use = Gen.Select(
        Gen.Int[-40, 40], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Long[0, 1_000_000], Gen.Double[0, 1e15], Gen.Double[0, 1e6], (day, project, key, tokens, flop, seconds) => new ServingUse
        {
            Day = new DateOnly(2026, 11, 15).AddDays(day),
            Project = "p" + project,
            Key = "k" + key,
            Model = "m@1",
            Requests = 1,
            PromptTokens = tokens,
            GeneratedTokens = tokens / 2,
            Flop = flop,
            DeviceSeconds = seconds,
        });

    private static readonly Gen<(RunFacts[] Runs, ServingUse[] Served)> s_any = Gen.Select(
        AccountSamples.AnyRun.Array[0, 6].Select(runs => runs.Select((r, i) => r with { Id = "r" + i }).ToArray()), s_use.Array[0, 30]);

    [Fact]
    public void Totals_are_the_sums_of_their_parts() =>
        s_any.Sample((runs, served) =>
        {
            MonthlyReport report = MonthlyReport.Of(s_month, s_middle, runs, served, AccountSamples.Rates);
            foreach (ProjectAccount project in report.Projects.Append(report.Total))
            {
                Assert.True(AccountSamples.Near(project.Total.Flop, project.Training.Work.Flop + project.Serving.Work.Flop));
                Assert.True(AccountSamples.Near(project.Total.DeviceHours, project.Training.Work.DeviceHours + project.Serving.Work.DeviceHours));
                Assert.True(AccountSamples.Near(project.Total.EnergyWattHours, project.Training.Work.EnergyWattHours + project.Serving.Work.EnergyWattHours));
                Assert.True(AccountSamples.Near(project.Total.PetaflopDays * 8.64e19, project.Total.Flop));
                Assert.Equal(project.Total.Cost, project.Training.Work.Cost + project.Serving.Work.Cost); // money, to the last digit
            }

            Assert.Equal(report.Total.Total.Cost, report.Projects.Sum(p => p.Total.Cost));
            Assert.Equal(report.Total.Training.Tokens, report.Runs.Sum(r => r.Tokens));
            Assert.Equal(report.Total.Training.Work.Cost, report.Runs.Sum(r => r.Cost));
            Assert.True(AccountSamples.Near(report.Total.Training.Work.Flop, report.Runs.Sum(r => r.FlopByCount)));
            Assert.Equal(report.Total.Serving.Requests, served.Count(s => s.Day is { Year: 2026, Month: 11 }));
            Assert.Equal(report.Total.Serving.GeneratedTokens, report.Served.Sum(s => s.Account.GeneratedTokens));
            Assert.True(AccountSamples.Near(report.Utilisation.BusyDeviceSeconds, report.Total.Total.DeviceHours * 3600));
        });

    [Fact]
    public void The_months_of_a_year_count_every_run_once() =>
        s_any.Sample((runs, served) =>
        {
            var end = new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);
            var tokens = 0L;
            for (CalendarMonth month = CalendarMonth.Of(AccountSamples.Begin); month.Start < end; month = CalendarMonth.Of(month.End))
            {
                tokens += MonthlyReport.Of(month, end, runs, served, AccountSamples.Rates).Total.Training.Tokens;
            }

            Assert.Equal(runs.Sum(r => r.Used.Tokens), tokens);
        });

    [Fact]
    public void A_run_across_the_border_of_months_counts_in_each_what_it_did_there()
    {
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(100, 1000, 100, 360), new DateTimeOffset(2026, 12, 2, 0, 0, 0, TimeSpan.Zero)) with
        {
            History =
            [
                new UsePoint(new DateTimeOffset(2026, 10, 31, 23, 59, 0, TimeSpan.Zero), AccountSamples.UseOf(10, 100, 10, 36)),
                new UsePoint(new DateTimeOffset(2026, 11, 30, 23, 59, 0, TimeSpan.Zero), AccountSamples.UseOf(70, 700, 70, 252)),
            ],
        };
        Assert.Equal([10, 60, 30], new[] { "2026-10", "2026-11", "2026-12" }.Select(m => MonthlyReport.Of(AccountSamples.Month(m), run.UpdatedAt, [run], [], AccountSamples.Rates).Total.Training.Tokens));
    }

    [Fact]
    public void Forecasts_linearly_from_the_month_to_date_and_tells_over_from_within()
    {
        // Half of November is gone by; 1 petaflop/s-day and 3,600 device-seconds were used.
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(1_000_000, 8.64e19, 1800, 3_600_000), s_middle.AddDays(-1));
        ComputeRates rates = AccountSamples.Rates with { MonthlyBudgetPetaflopDays = 1.5, MonthlyBudgetMoney = 1 };
        MonthlyReport report = MonthlyReport.Of(s_month, s_middle, [run], [], rates);
        Assert.Equal(2, report.ComputeForecast.Forecast!.Value, 1e-12);
        Assert.Equal(("over", 0.5), (report.ComputeForecast.Standing, Math.Round(report.ComputeForecast.Over!.Value, 9)));
        Assert.Equal(0.05m + 0.3m, report.Total.Total.Cost);
        Assert.Equal(0.7m, report.MoneyForecast.Forecast);
        Assert.Equal(("within", -0.3m), (report.MoneyForecast.Standing, report.MoneyForecast.Over));
        Assert.Equal(0.35m, report.Total.Training.CostPerMillionTokens);
        Assert.Equal(3600 / (4 * 15 * 86_400.0), report.Utilisation.Share!.Value, 1e-12);
    }

    [Fact]
    public void A_month_that_is_over_forecasts_itself()
    {
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(1, 8.64e19, 1800, 0), s_middle);
        MonthlyReport report = MonthlyReport.Of(s_month, s_month.End.AddDays(40), [run], [], AccountSamples.Rates);
        Assert.True(report.IsComplete);
        Assert.Equal(report.ComputeForecast.Used, report.ComputeForecast.Forecast);
        Assert.Equal("no budget is set", report.ComputeForecast.Standing);
    }

    [Fact]
    public void Does_not_forecast_in_the_first_hour()
    {
        MonthlyReport report = MonthlyReport.Of(s_month, s_month.Start, [], [], AccountSamples.Rates with { MonthlyBudgetMoney = 1 });
        Assert.Null(report.ComputeForecast.Forecast);
        Assert.Equal("not known", report.MoneyForecast.Standing);
        Assert.Null(report.Utilisation.Share);
    }

    [Fact]
    public void An_empty_month_is_an_empty_report()
    {
        MonthlyReport report = MonthlyReport.Of(s_month, s_middle, [], [], new ComputeRates());
        Assert.Empty(report.Projects);
        Assert.Equal(0, report.Total.Total.Flop);
        Assert.Null(report.Total.Total.Cost);
        Assert.Null(report.Total.Training.RatioCountToTime);
        Assert.Null(report.Total.Training.CostPerMillionTokens);
        Assert.NotEmpty(report.Definitions);
    }

    [Fact]
    public void Refuses_a_month_that_has_not_begun() =>
        Assert.Throws<ArgumentException>(() => MonthlyReport.Of(AccountSamples.Month("2026-12"), s_middle, [], [], AccountSamples.Rates));

    [Fact]
    public void Refuses_a_run_that_occurs_twice()
    {
        RunFacts run = AccountSamples.Run("r", default, s_middle);
        Assert.Throws<ArgumentException>(() => MonthlyReport.Of(s_month, s_middle, [run, run], [], AccountSamples.Rates));
    }

    [Fact]
    public void Comma_separated_values_add_up_and_quote_what_needs_it()
    {
        RunFacts run = AccountSamples.Run("r", AccountSamples.UseOf(10, 100, 3600, 3600), s_middle) with { Project = "a,\"b\"" };
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        MonthlyReportCsv.Write(MonthlyReport.Of(s_month, s_middle, [run], [], AccountSamples.Rates), text);
        string[] lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.StartsWith("2026-11,\"a,\"\"b\"\"\",training,100,", lines[1], StringComparison.Ordinal);
        Assert.All(lines.Where(l => !l.Contains("\"\"", StringComparison.Ordinal)), l => Assert.Equal(lines[0].Count(c => c == ','), l.Count(c => c == ',')));
    }

    [Fact]
    public void Every_definition_has_a_unit_and_a_meaning() =>
        Assert.All(ComputeDefinitions.OfReports(AccountSamples.Rates), d => Assert.True(d.Name.Length > 0 && d.Unit.Length > 0 && d.Meaning.Length > 0));
}
