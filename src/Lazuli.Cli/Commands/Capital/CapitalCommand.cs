using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli capital list|runway|margins</c>, and what changes it.</summary>
internal static class CapitalCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "Commitments of investors: promised, drawn, returned, part of the cap used.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var party = new Option<string>("--party") { Description = "Whose means. Default lab.", DefaultValueFactory = _ => PartyId.Lab.Value };
        var currency = new Option<string>("--currency") { Description = "Of amounts. Default EUR.", DefaultValueFactory = _ => "EUR" };
        var days = new Option<int>("--days") { Description = "Days whose spending is taken for the days to come. Default 30.", DefaultValueFactory = _ => 30 };
        var runway = new Command("runway", "How long a party's means last at what it spent lately; an estimate.") { party, currency, days, json };
        runway.SetAction((parsed, cancel) => RunwayAsync(terminal, parsed.GetValue(party)!, parsed.GetValue(currency)!, parsed.GetValue(days), parsed.GetValue(json), cancel));

        var seller = new Option<string>("--party") { Description = "Whose revenue.", Required = true };
        var cost = new Option<string>("--device-second") { Description = "What a device-second costs, e.g. '0.0005 EUR'.", Required = true };
        Option<DateTimeOffset> from = PeriodOptions.From();
        Option<DateTimeOffset> until = PeriodOptions.Until();
        var margins = new Command("margins", "Revenue less metered cost, by model, customer and grant.") { seller, from, until, cost, json };
        margins.SetAction((parsed, cancel) => MarginsAsync(
            terminal, parsed.GetValue(seller)!, MoneyOption.Parse("--device-second", parsed.GetValue(cost)!), PeriodOptions.Query(parsed.GetValue(from), parsed.GetValue(until)), parsed.GetValue(json), cancel));
        return CommandTree.Noun("capital", "Capital: what investors promised, gave and got back, and how long it lasts.", [list, .. CapitalChanges.Build(terminal), runway, margins]);
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CapitalPosition[] positions = await link.GetAsync<CapitalPosition[]>("capital/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(positions);
        }
        else
        {
            terminal.WriteTable(
                ["id", "investor", "receiver", "kind", "committed", "drawn", "returned", "of cap"],
                positions.Select(p => new[]
                {
                    p.Commitment.Id, p.Commitment.Investor.Value, p.Commitment.Receiver.Value, Words.Of(p.Commitment.Kind), Amount(p, p.CommittedNanos), Amount(p, p.DrawnNanos), Amount(p, p.ReturnedNanos),
                    string.Create(CultureInfo.InvariantCulture, $"{p.CapUsed * 100:0.##} %"),
                }));
        }

        return ExitCode.Done;
    }

    private static string Amount(CapitalPosition position, long nanos) => new Money(nanos, position.Commitment.Currency).ToString();

    private static async Task<int> RunwayAsync(Terminal terminal, string party, string currency, int days, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Runway runway = await link.GetAsync<Runway>(string.Create(CultureInfo.InvariantCulture, $"capital/{Uri.EscapeDataString(party)}/runway?currency={Uri.EscapeDataString(currency)}&days={days}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(runway);
        }
        else
        {
            var unit = new Currency(currency);
            string lasts = runway.Months is { } months ? string.Create(CultureInfo.InvariantCulture, $"about {months:0.#} months, if the days to come cost what these did") : "for ever: no more was spent than earned";
            await terminal.Data.WriteLineAsync($"{party} has {new Money(runway.CashNanos, unit)} and {new Money(runway.ComputeCreditNanos, unit)} of compute; in the last {runway.Days} days {new Money(runway.SpentNanos, unit)} more was spent than earned. It lasts {lasts}.").ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    private static async Task<int> MarginsAsync(Terminal terminal, string seller, Money cost, string period, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        MarginReport report = await link.GetAsync<MarginReport>(
            string.Create(CultureInfo.InvariantCulture, $"capital/{Uri.EscapeDataString(seller)}/margins?currency={cost.Currency}&{period}&costNanosPerDeviceSecond={cost.Nanos}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(report);
            return ExitCode.Done;
        }

        string Amount(long nanos) => new Money(nanos, report.Currency).ToString();
        IEnumerable<string[]> Rows(string by, IReadOnlyList<MarginRow> rows) => rows.Select(row => new[] { by, row.Of, Amount(row.RevenueNanos), Amount(row.CostNanos), Amount(row.MarginNanos) });
        terminal.WriteTable(["by", "of", "revenue", "cost", "margin"], [.. Rows("model", report.ByModel), .. Rows("customer", report.ByCustomer), .. Rows("grant", report.ByGrant)]);
        await terminal.Data.WriteLineAsync($"margin: {report.Definition}").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
