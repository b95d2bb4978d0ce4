using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli price publish|assign|list</c>.</summary>
internal static class PriceCommand
{
    private const int MaxPlanBytes = 1 << 20;

    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string>("plan") { Description = "The plan, a JSON file (docs/reference/billing.md)." };
        var seller = new Option<string>("--seller") { Description = "The party whose prices they are. Default lab.", DefaultValueFactory = _ => PartyId.Lab.Value };
        var publish = new Command("publish", "Publish the next version of a price plan. A published version never changes.") { file, seller };
        publish.SetAction((parsed, cancel) => PublishAsync(terminal, parsed.GetValue(file)!, parsed.GetValue(seller)!, cancel));

        var version = new Argument<string>("version") { Description = "Plan and number, e.g. standard@2." };
        var party = new Option<string?>("--party") { Description = "The payer. Without it: whoever pays." };
        var grant = new Option<string?>("--grant") { Description = "The payer's own licence. Without it: any." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "First instant, e.g. 2027-01-01T00:00:00Z. Default: now." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "First instant after. Without it: open." };
        var assign = new Command("assign", "Put a version into force for somebody.") { version, party, grant, from, until };
        assign.SetAction((parsed, cancel) => AssignAsync(
            terminal,
            parsed.GetValue(version)!,
            parsed.GetValue(party),
            parsed.GetValue(grant),
            parsed.GetValue(from),
            parsed.GetValue(until),
            cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List versions and for whom they hold.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("price", "Price plans: what tokens cost, for whom, from when.", publish, assign, list);
    }

    private static async Task<int> PublishAsync(Terminal terminal, string file, string seller, CancellationToken cancel)
    {
        byte[] plan = await InputFile.ReadAsync(file, "price plan", MaxPlanBytes, cancel).ConfigureAwait(false);
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        PriceVersion published = await link.PostAsync<PriceVersion>($"prices/?seller={Uri.EscapeDataString(seller)}", plan, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(published.Name).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Put it into force with 'lazuli price assign {published.Name}'.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> AssignAsync(Terminal terminal, string version, string? party, string? grant, DateTimeOffset? from, DateTimeOffset? until, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        var assignment = new PriceAssignment
        {
            PriceVersion = version,
            Party = party is null ? null : new PartyId(party),
            Grant = grant is null ? null : new GrantId(grant),
            From = from ?? TimeProvider.System.GetUtcNow(),
            Until = until,
        };
        await link.PostAsync("prices/assignments", assignment, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{version} holds from {assignment.From:u}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        PriceVersion[] versions = await link.GetAsync<PriceVersion[]>("prices/", cancel).ConfigureAwait(false);
        PriceAssignment[] assignments = await link.GetAsync<PriceAssignment[]>("prices/assignments", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(new { versions, assignments });
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["version", "seller", "currency", "published", "digest"],
            versions.Select(v => new[] { v.Name, v.Seller.Value, v.Currency.Code, v.PublishedAt.ToString("u", CultureInfo.InvariantCulture), v.Digest[..19] }));
        await terminal.Data.WriteLineAsync().ConfigureAwait(false);
        terminal.WriteTable(
            ["holds", "for party", "under grant", "from", "until"],
            assignments.Select(a => new[] { a.PriceVersion, a.Party?.Value ?? "*", a.Grant?.Value ?? "*", a.From.ToString("u", CultureInfo.InvariantCulture), a.Until?.ToString("u", CultureInfo.InvariantCulture) ?? "-" }));
        return ExitCode.Done;
    }
}
