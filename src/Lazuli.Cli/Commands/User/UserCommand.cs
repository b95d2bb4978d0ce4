using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli user add|list|roles|close|token|tokens|revoke</c>.</summary>
internal static class UserCommand
{
    private const int MostDays = 3660;

    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var party = new Option<string?>("--party") { Description = "Party that it acts for. Default: none, which is the installation itself, that acts for all." };
        var id = new Argument<string>("person") { Description = "Id of the person, as listed." };
        var list = new Command("list", "List people.") { party, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(party), parsed.GetValue(json), cancel));
        var close = new Command("close", "End what a person may do; its tokens and sessions end with it.") { id };
        close.SetAction((parsed, cancel) => CloseAsync(terminal, parsed.GetValue(id)!, cancel));
        var tokens = new Command("tokens", "List a person's tokens and sessions; their text is never shown again.") { id, json };
        tokens.SetAction((parsed, cancel) => ListTokensAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(json), cancel));
        var token = new Argument<string>("token") { Description = "Id of the token or session, as listed." };
        var revoke = new Command("revoke", "End a token or session at once.") { id, token };
        revoke.SetAction((parsed, cancel) => RevokeAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(token)!, cancel));
        return CommandTree.Noun("user", "People, their roles and tokens.", Add(terminal, party), list, Roles(terminal, id), close, Token(terminal, id), tokens, revoke);
    }

    private static Option<string[]> RoleOption() => new("--role") { Description = $"What it may do: {RoleText.Names}; may be repeated.", Required = true };

    private static Command Add(Terminal terminal, Option<string?> party)
    {
        var name = new Argument<string>("name") { Description = "Its name as people read it." };
        Option<string[]> roles = RoleOption();
        var issuer = new Option<string?>("--issuer") { Description = "Issuer (iss) of its OpenID Connect tokens." };
        var subject = new Option<string?>("--subject") { Description = "How they name it: Entra's oid, else sub." };
        var add = new Command("add", "Add a person.") { name, party, roles, issuer, subject };
        add.SetAction(async (parsed, cancel) =>
        {
            OpenIdIdentity? identity = (parsed.GetValue(issuer), parsed.GetValue(subject)) switch
            {
                (null, null) => null,
                ({ } from, { } named) => new OpenIdIdentity(from, named),
                _ => throw new CommandException("--issuer and --subject go together.", ExitCode.Usage),
            };
            var body = new NewPerson(parsed.GetValue(name)!, RoleText.Parse(parsed.GetValue(roles)!), parsed.GetValue(party) is { } of ? new PartyId(of) : null, identity);
            await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
            Person person = await link.PostAsync<Person>("people/", body, cancel).ConfigureAwait(false);
            await terminal.Data.WriteLineAsync(person.Id).ConfigureAwait(false);
            await terminal.Talk.WriteLineAsync($"Added {person.Name}, {RoleText.Of(person.Roles)} of {Of(person)}. A token for it: lazuli user token {person.Id}").ConfigureAwait(false);
            return ExitCode.Done;
        });
        return add;
    }

    private static Command Roles(Terminal terminal, Argument<string> id)
    {
        Option<string[]> roles = RoleOption();
        var command = new Command("roles", "Give a person other roles in place of those before.") { id, roles };
        command.SetAction(async (parsed, cancel) =>
        {
            PersonRoles given = RoleText.Parse(parsed.GetValue(roles)!);
            await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
            await link.PutAsync($"people/{Uri.EscapeDataString(parsed.GetValue(id)!)}/roles", new RolesSet(given), cancel).ConfigureAwait(false);
            await terminal.Talk.WriteLineAsync($"{parsed.GetValue(id)} is {RoleText.Of(given)}.").ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Token(Terminal terminal, Argument<string> id)
    {
        var label = new Option<string>("--label") { Description = "What it is for.", DefaultValueFactory = _ => "lazuli" };
        var days = new Option<int?>("--days") { Description = "Days after which it ends by itself. Default: never." };
        var command = new Command("token", "Make a personal token and print it, once.") { id, label, days };
        command.SetAction(async (parsed, cancel) =>
        {
            int? lasts = parsed.GetValue(days);
            if (lasts is < 1 or > MostDays)
            {
                throw new CommandException($"--days is {lasts}; it must be from 1 to {MostDays}.", ExitCode.Usage);
            }

            var body = new NewToken(parsed.GetValue(label)!, lasts is { } some ? TimeProvider.System.GetUtcNow().AddDays(some) : null);
            await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
            CreatedToken made = await link.PostAsync<CreatedToken>($"people/{Uri.EscapeDataString(parsed.GetValue(id)!)}/tokens", body, cancel).ConfigureAwait(false);
            await terminal.Data.WriteLineAsync(made.Token).ConfigureAwait(false);
            await terminal.Talk.WriteLineAsync($"Token {made.Record.Id} ({made.Record.Label}). Keep it: only its hash is stored, and it is not shown again.").ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> ListAsync(Terminal terminal, string? party, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Person[] people = await link.GetAsync<Person[]>(party is null ? "people/" : $"people/?party={Uri.EscapeDataString(party)}", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(people);
        }
        else
        {
            terminal.WriteTable(
                ["id", "name", "of", "roles", "since", "state"],
                people.Select(p => new[] { p.Id, p.Name, Of(p), RoleText.Of(p.Roles), p.CreatedAt.ToString("u", CultureInfo.InvariantCulture), p.ClosedAt is null ? "open" : "closed" }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> CloseAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"people/{Uri.EscapeDataString(id)}/close", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{id} may do nothing any more.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListTokensAsync(Terminal terminal, string id, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        PersonToken[] tokens = await link.GetAsync<PersonToken[]>($"people/{Uri.EscapeDataString(id)}/tokens", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(tokens);
        }
        else
        {
            terminal.WriteTable(
                ["id", "token", "label", "created", "ends", "state"],
                tokens.Select(t => new[]
                {
                    t.Id, t.Redacted, t.Label, t.CreatedAt.ToString("u", CultureInfo.InvariantCulture), t.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never",
                    t.RevokedAt is not null ? "revoked" : t.ExpiresAt <= TimeProvider.System.GetUtcNow() ? "over" : "live",
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(Terminal terminal, string person, string token, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"people/{Uri.EscapeDataString(person)}/tokens/{Uri.EscapeDataString(token)}/revoke", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{token} is revoked.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string Of(Person person) => person.Party?.Value ?? "the installation";
}
