using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli credit grant|list</c>.</summary>
internal static class CreditCommand
{
    public static Command Build(Terminal terminal)
    {
        var party = new Argument<string>("party") { Description = "Who holds it." };
        var amount = new Argument<string>("amount") { Description = "How much, e.g. '100.00 EUR'." };
        var seller = new Option<string>("--with") { Description = "Whose prices it pays.", Required = true };
        Option<CreditKind> kind = Words.Option<CreditKind>("--kind", CreditKind.Paid);
        kind.Description = "Where it comes from. Default paid.";
        var priority = new Option<int>("--priority") { Description = "0 is used first, 100 last. Default 50.", DefaultValueFactory = _ => 50 };
        var from = new Option<DateTimeOffset?>("--from") { Description = "First instant that it may be used. Default now." };
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "First instant that it may not. Default no end." };
        var reason = new Option<string>("--reason") { Description = "What for.", DefaultValueFactory = _ => "" };
        var id = new Option<string?>("--id") { Description = "Makes asking twice the same as asking once. Default: a new one." };
        var grant = new Command("grant", "Give credit with a seller, and print its id.") { party, amount, seller, kind, priority, from, expires, reason, id };
        grant.SetAction((parsed, cancel) => GrantAsync(
            terminal,
            new CreditGrant
            {
                Id = parsed.GetValue(id) ?? "credit_" + Guid.CreateVersion7().ToString("N"),
                Party = new PartyId(parsed.GetValue(party)!),
                Issuer = new PartyId(parsed.GetValue(seller)!),
                Kind = parsed.GetValue(kind),
                Amount = MoneyOption.Parse("amount", parsed.GetValue(amount)!),
                Priority = parsed.GetValue(priority),
                From = parsed.GetValue(from) ?? TimeProvider.System.GetUtcNow(),
                ExpiresAt = parsed.GetValue(expires),
                Reason = parsed.GetValue(reason)!,
            },
            cancel));

        var whose = new Option<string?>("--party") { Description = "Only this party's." };
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List credit and what is left of it, in the order in which it is used.") { whose, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(whose), parsed.GetValue(json), cancel));
        return CommandTree.Noun("credit", "Credit that parties hold with sellers.", grant, list);
    }

    private static async Task<int> GrantAsync(Terminal terminal, CreditGrant grant, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync("credits/", grant, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(grant.Id).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{grant.Party} has {grant.Amount} more with {grant.Issuer}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, string? party, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CreditBalance[] credits = await link.GetAsync<CreditBalance[]>(party is null ? "credits/" : $"credits/?party={Uri.EscapeDataString(party)}", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(credits);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["id", "party", "with", "kind", "given", "used", "expired", "left", "priority", "expires"],
            credits.Select(c => new[]
            {
                c.Grant.Id, c.Grant.Party.Value, c.Grant.Issuer.Value, Words.Of(c.Grant.Kind), c.Grant.Amount.ToString(), Amount(c, c.UsedNanos), Amount(c, c.ExpiredNanos), Amount(c, c.LeftNanos),
                c.Grant.Priority.ToString(CultureInfo.InvariantCulture), c.Grant.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "-",
            }));
        return ExitCode.Done;
    }

    private static string Amount(CreditBalance credit, long nanos) => new Money(nanos, credit.Grant.Amount.Currency).ToString();
}
