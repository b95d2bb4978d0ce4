using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli benefit report</c>.</summary>
internal static class BenefitCommand
{
    public static Command Build(Terminal terminal)
    {
        var from = new Option<DateTimeOffset>("--from") { Description = "First instant of the period.", Required = true };
        var until = new Option<DateTimeOffset>("--until") { Description = "First instant after it.", Required = true };
        var currency = new Option<string>("--currency") { Description = "Of amounts. Default EUR.", DefaultValueFactory = _ => "EUR" };
        Option<bool> json = CommandTree.JsonOption();
        var report = new Command("report", "Who used how much, how concentrated that is, and what was given away; each figure with its definition.") { from, until, currency, json };
        report.SetAction((parsed, cancel) => ReportAsync(terminal, parsed.GetValue(currency)!, parsed.GetValue(from), parsed.GetValue(until), parsed.GetValue(json), cancel));
        return CommandTree.Noun("benefit", "The public benefit report.", report);
    }

    private static async Task<int> ReportAsync(Terminal terminal, string currency, DateTimeOffset from, DateTimeOffset until, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        BenefitReport report = await link.GetAsync<BenefitReport>(
            string.Create(CultureInfo.InvariantCulture, $"benefits/report?currency={Uri.EscapeDataString(currency)}&from={Uri.EscapeDataString(from.ToString("O", CultureInfo.InvariantCulture))}&until={Uri.EscapeDataString(until.ToString("O", CultureInfo.InvariantCulture))}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(report);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["party", "tokens", "device-seconds", "pledged credit"],
            report.Uses.Select(u => new[] { u.Party.Value, u.Tokens.ToString("N0", CultureInfo.InvariantCulture), u.DeviceSeconds.ToString("N0", CultureInfo.InvariantCulture), new Money(u.PledgedNanos, report.Currency).ToString() }));
        await terminal.Data.WriteLineAsync().ConfigureAwait(false);
        foreach (BenefitFigure figure in report.Figures)
        {
            await terminal.Data.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{figure.Name}: {figure.Value:0.####} {figure.Unit}\n    {figure.Definition}")).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }
}
