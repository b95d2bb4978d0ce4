using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli benefit report|pledge|pledges|allot</c>.</summary>
internal static class BenefitCommand
{
    private const long MaxPledgeBytes = 1 << 20;

    public static Command Build(Terminal terminal)
    {
        Option<DateTimeOffset> from = PeriodOptions.From();
        Option<DateTimeOffset> until = PeriodOptions.Until();
        var currency = new Option<string>("--currency") { Description = "Of amounts. Default EUR.", DefaultValueFactory = _ => "EUR" };
        Option<bool> json = CommandTree.JsonOption();
        var report = new Command("report", "Who used how much, how concentrated that is, and what was given away; each figure with its definition.") { from, until, currency, json };
        report.SetAction((parsed, cancel) => ReportAsync(terminal, parsed.GetValue(currency)!, parsed.GetValue(from), parsed.GetValue(until), parsed.GetValue(json), cancel));

        var file = new Argument<string>("pledge") { Description = "The pledge: a JSON file with id, pledger, seller, base, shareBasisPoints, currency, receivers and expiryDays." };
        var pledge = new Command("pledge", "Pledge a share of revenue or compute to public-interest parties.") { file };
        pledge.SetAction((parsed, cancel) => PledgeAsync(terminal, parsed.GetValue(file)!, cancel));
        var pledges = new Command("pledges", "List pledges.") { json };
        pledges.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        var id = new Argument<string>("id") { Description = "The pledge, as 'benefit pledges' names it." };
        var allot = new Command("allot", "Give a period's share of a pledge as expiring credit; the same period twice is once.") { id, from, until };
        allot.SetAction((parsed, cancel) => AllotAsync(terminal, parsed.GetValue(id)!, PeriodOptions.Query(parsed.GetValue(from), parsed.GetValue(until)), cancel));
        return CommandTree.Noun("benefit", "Pledges to public-interest parties, and the public benefit report.", report, pledge, pledges, allot);
    }

    private static async Task<int> ReportAsync(Terminal terminal, string currency, DateTimeOffset from, DateTimeOffset until, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        BenefitReport report = await link.GetAsync<BenefitReport>($"benefits/report?currency={Uri.EscapeDataString(currency)}&{PeriodOptions.Query(from, until)}", cancel).ConfigureAwait(false);
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

    private static async Task<int> PledgeAsync(Terminal terminal, string file, CancellationToken cancel)
    {
        Pledge pledge = await InputFile.ReadJsonAsync<Pledge>(file, "pledge", MaxPledgeBytes, cancel).ConfigureAwait(false);
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync("benefits/pledges", pledge, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{pledge.Pledger}'s pledge {pledge.Id} is kept.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Pledge[] pledges = await link.GetAsync<Pledge[]>("benefits/pledges", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(pledges);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["id", "pledger", "share", "of", "to", "expires after"],
            pledges.Select(p => new[]
            {
                p.Id, p.Pledger.Value, string.Create(CultureInfo.InvariantCulture, $"{p.ShareBasisPoints / 100m:0.##} %"), p.Base.ToString().ToLowerInvariant(), string.Join(", ", p.Receivers.Select(r => r.Party.Value)),
                string.Create(CultureInfo.InvariantCulture, $"{p.ExpiryDays} days"),
            }));
        return ExitCode.Done;
    }

    private static async Task<int> AllotAsync(Terminal terminal, string id, string period, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CreditGrant[] credits = await link.PostAsync<CreditGrant[]>($"benefits/pledges/{Uri.EscapeDataString(id)}/allotments?{period}", (object?)null, cancel).ConfigureAwait(false);
        terminal.WriteTable(["credit", "party", "amount", "expires"], credits.Select(c => new[] { c.Id, c.Party.Value, c.Amount.ToString(), c.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "-" }));
        return ExitCode.Done;
    }
}
