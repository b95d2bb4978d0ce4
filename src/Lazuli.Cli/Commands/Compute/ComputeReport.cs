using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute report</c>: what a month's compute was.</summary>
internal static class ComputeReport
{
    public static Command Build(Terminal terminal)
    {
        var month = new Option<string>("--month") { Description = "The month, YYYY-MM, in UTC. Default: this month." };
        Option<bool> json = CommandTree.JsonOption();
        var csv = new Option<bool>("--csv") { Description = "Print comma-separated values instead of tables." };
        var command = new Command("report", "A month's compute by project: training and serving, energy, cost, utilisation, forecast against the budget.") { month, json, csv };
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed.GetValue(month), parsed.GetValue(json), parsed.GetValue(csv), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string? monthText, bool json, bool csv, CancellationToken cancel)
    {
        if (json && csv)
        {
            throw new CommandException("--json and --csv are two forms of one report; ask for one of them.", ExitCode.Usage);
        }

        await using Installation installation = Installation.Open();
        DateTimeOffset now = installation.Time.GetUtcNow();
        CalendarMonth month = MonthOf(monthText, now);
        ComputeRates rates = ComputeRuns.RatesOf(installation);
        IReadOnlyList<RunFacts> runs = await RunFactsReader.ReadAllAsync(installation, cancel).ConfigureAwait(false);
        IReadOnlyList<ServingUse> served = await installation.ServingUses.ListAsync(DayOf(month.Start), DayOf(month.End), cancel).ConfigureAwait(false);
        MonthlyReport report = MonthlyReport.Of(month, now, runs, served, rates);
        if (json)
        {
            terminal.WriteJson(report);
        }
        else if (csv)
        {
            MonthlyReportCsv.Write(report, terminal.Data);
        }
        else
        {
            ComputeReportPage.Write(terminal, report);
        }

        return ExitCode.Done;
    }

    private static CalendarMonth MonthOf(string? text, DateTimeOffset now)
    {
        CalendarMonth current = CalendarMonth.Of(now);
        if (text is null)
        {
            return current;
        }

        if (!CalendarMonth.TryParse(text, out CalendarMonth month))
        {
            throw new CommandException($"--month is '{text}'; expected a year from 2000 and a month, YYYY-MM, such as {current}.", ExitCode.Usage);
        }

        return month.Start <= now ? month : throw new CommandException($"--month is {month}, which lies ahead: nothing was used yet. This month is {current}, and its report has a forecast.", ExitCode.Usage);
    }

    private static DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
