using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>A month's report as text.</summary>
internal static class ComputeReportPage
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static void Write(Terminal terminal, MonthlyReport report)
    {
        terminal.Data.WriteLine(string.Create(s_invariant, $"compute of {report.Month} (UTC), {(report.IsComplete ? "the whole month" : $"to {report.AsOf.UtcDateTime:u}")}"));
        terminal.Data.WriteLine();
        terminal.WriteTable(
            ["project", "kind", "FLOP by count", "pfs-days", "device-hours", "energy (Wh)", $"cost ({report.Currency})", "tokens", $"{report.Currency} a million tokens"],
            report.Projects.Append(report.Total).SelectMany(Rows));
        terminal.Data.WriteLine();
        WriteSummary(terminal, report);
        if (report.Runs.Count > 0)
        {
            terminal.Data.WriteLine();
            terminal.Data.WriteLine("runs, what they took in the month");
            ComputeRuns.WriteTable(terminal, report.Currency, report.Runs);
        }

        if (report.Served.Count > 0)
        {
            terminal.Data.WriteLine();
            terminal.WriteTable(
                ["served model", "project", "key", "requests", "tokens in", "tokens out", "FLOP by count", "device-hours"],
                report.Served.Select(s => (string[])[s.Model, s.Project, s.Key.Length > 0 ? s.Key : "-", Count(s.Account.Requests), Count(s.Account.PromptTokens), Count(s.Account.GeneratedTokens), Power(s.Account.Work.Flop), Hours(s.Account.Work.DeviceHours)]));
        }

        if (report.CostNote is { } note)
        {
            terminal.Data.WriteLine();
            terminal.Data.WriteLine("note: " + note);
        }

        ComputeRuns.WriteDefinitions(terminal, report.Definitions);
    }

    private static IEnumerable<string[]> Rows(ProjectAccount project)
    {
        TrainingAccount training = project.Training;
        ServingAccount serving = project.Serving;
        yield return [project.Project, "training", .. Cells(training.Work), $"{Count(training.Tokens)} trained", Money(training.CostPerMillionTokens)];
        yield return [project.Project, "serving", .. Cells(serving.Work), $"{Count(serving.PromptTokens)} in, {Count(serving.GeneratedTokens)} generated", Money(serving.CostPerMillionGeneratedTokens)];
        yield return [project.Project, "total", .. Cells(project.Total), "", ""];
    }

    private static void WriteSummary(Terminal terminal, MonthlyReport report)
    {
        TrainingAccount training = report.Total.Training;
        Utilisation use = report.Utilisation;
        WorkAccount total = report.Total.Total;
        BudgetForecast<double> compute = report.ComputeForecast;
        BudgetForecast<decimal> money = report.MoneyForecast;
        terminal.WriteTable(["", ""],
        [
            ["training runs", string.Create(s_invariant, $"{training.Runs}; FLOP by time {(training.FlopByTime is { } byTime ? Power(byTime) : "-")}, count/time {training.RatioCountToTime?.ToString("F2", s_invariant) ?? "-"}")],
            ["utilisation", string.Create(s_invariant, $"{(use.Share * 100)?.ToString("F4", s_invariant) ?? "-"} % of {use.Devices} devices")],
            ["energy", string.Create(s_invariant, $"{total.EnergyWattHours:F2} Wh, of which {total.MeasuredWattHours:F2} Wh measured and the rest estimated")],
            ["forecast, compute", string.Create(s_invariant, $"{Power(compute.Forecast)} petaflop/s-days at the month's end; budget {Power(compute.Budget)}: {Standing(compute.Standing, Power(compute.Over is { } over ? Math.Abs(over) : null))}")],
            ["forecast, cost", string.Create(s_invariant, $"{Money(money.Forecast)} {money.Unit} at the month's end; budget {Money(money.Budget)}: {Standing(money.Standing, Money(money.Over is { } more ? Math.Abs(more) : null))}")],
        ]);
    }

    private static string Standing(string standing, string difference) => standing switch
    {
        "over" => $"over by {difference}",
        "within" => $"within, {difference} left",
        _ => standing,
    };

    private static string[] Cells(WorkAccount work) => [Power(work.Flop), Power(work.PetaflopDays), Hours(work.DeviceHours), work.EnergyWattHours.ToString("F2", s_invariant), Money(work.Cost)];

    private static string Power(double? value) => value?.ToString("0.000e+0", s_invariant) ?? "-";

    private static string Hours(double value) => value.ToString("F4", s_invariant);

    private static string Count(long value) => value.ToString("N0", s_invariant);

    private static string Money(decimal? value) => value?.ToString("F6", s_invariant) ?? "-";
}
