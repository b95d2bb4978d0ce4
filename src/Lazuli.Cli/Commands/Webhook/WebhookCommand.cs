using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli webhook add|list|types|test|rotate|enable|remove|deliveries|replay</c>.</summary>
internal static class WebhookCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var url = new Argument<string>("url") { Description = "Where events are posted; https." };
        var party = new Option<string>("--party") { Description = "Whose: it gets this party's events only.", Required = true };
        var types = new Option<string[]>("--type") { Description = "A type of events wanted, e.g. invoice.paid or 'grant.*'; may be repeated. Default: all.", DefaultValueFactory = _ => [] };
        var add = new Command("add", "Add an endpoint, and print its secret, which is shown only now.") { url, party, types };
        add.SetAction((parsed, cancel) => AddAsync(terminal, new NewWebhook(new PartyId(parsed.GetValue(party)!), parsed.GetValue(url)!, parsed.GetValue(types)!), cancel));

        var only = new Option<string?>("--party") { Description = "Only this party's." };
        var list = new Command("list", "List endpoints, oldest first.") { only, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(only), parsed.GetValue(json), cancel));
        var known = new Command("types", "List the types of events.") { json };
        known.SetAction((parsed, cancel) => TypesAsync(terminal, parsed.GetValue(json), cancel));

        var id = new Argument<string>("endpoint") { Description = "Id of the endpoint, as listed." };
        var test = new Command("test", "Send an endpoint a test event now.") { id };
        test.SetAction((parsed, cancel) => TestAsync(terminal, parsed.GetValue(id)!, cancel));
        var overlap = new Option<double>("--overlap-hours") { Description = "How long events are signed with the old secret too. Default 24.", DefaultValueFactory = _ => 24 };
        var rotate = new Command("rotate", "Give an endpoint a new secret, and print it.") { id, overlap };
        rotate.SetAction((parsed, cancel) => RotateAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(overlap), cancel));
        var enable = new Command("enable", "Switch an endpoint on again.") { id };
        enable.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "enable", "is on", cancel));
        var remove = new Command("remove", "Forget an endpoint and its secret.") { id };
        remove.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "remove", "is removed", cancel));

        Option<WebhookDeliveryState> state = Words.Option<WebhookDeliveryState>("--state");
        state.Description = "Only those in this state.";
        var limit = new Option<int>("--limit") { Description = "At most so many. Default 100.", DefaultValueFactory = _ => 100 };
        var deliveries = new Command("deliveries", "List what became of an endpoint's events, newest first.") { id, state, limit, json };
        deliveries.SetAction((parsed, cancel) => DeliveriesAsync(terminal, parsed.GetValue(id)!, parsed.GetResult(state) is null ? null : parsed.GetValue(state), parsed.GetValue(limit), parsed.GetValue(json), cancel));
        var delivery = new Argument<string>("delivery") { Description = "Id of the delivery, as listed." };
        var replay = new Command("replay", "Send one event once more; the server does it at its next turn.") { id, delivery };
        replay.SetAction((parsed, cancel) => ReplayAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(delivery)!, cancel));
        return CommandTree.Noun("webhook", "Endpoints that are told of budgets, licences and invoices.", add, list, known, test, rotate, enable, remove, deliveries, replay);
    }

    private static async Task<int> AddAsync(Terminal terminal, NewWebhook wanted, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        WebhookWithSecret added = await link.PostAsync<WebhookWithSecret>("webhooks/", wanted, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(added.Secret).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Endpoint {added.Endpoint.Id} of '{added.Endpoint.Party}'. Keep its secret: it is not shown again.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> RotateAsync(Terminal terminal, string id, double hours, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        WebhookWithSecret rotated = await link.PostAsync<WebhookWithSecret>(
            string.Create(CultureInfo.InvariantCulture, $"{PathOf(id)}/rotate?overlapHours={hours}"), (object?)null, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(rotated.Secret).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(rotated.Endpoint.OldSecretUntil is { } until ? $"The old secret signs too until {Time(until)}." : "The old secret signs nothing any more.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, string? party, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        WebhookEndpoint[] endpoints = await link.GetAsync<WebhookEndpoint[]>(party is null ? "webhooks/" : $"webhooks/?party={Uri.EscapeDataString(party)}", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(endpoints);
        }
        else
        {
            terminal.WriteTable(
                ["id", "party", "types", "state", "url"],
                endpoints.Select(e => new[] { e.Id, e.Party.Value, e.Types.Count == 0 ? "all" : string.Join(' ', e.Types), State(e), e.Url }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> TypesAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Dictionary<string, string> types = await link.GetAsync<Dictionary<string, string>>("webhooks/types", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(types);
        }
        else
        {
            terminal.WriteTable(["type", "what happened"], types.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => new[] { type.Key, type.Value }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> TestAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        WebhookTest test = await link.PostAsync<WebhookTest>($"{PathOf(id)}/test", (object?)null, cancel).ConfigureAwait(false);
        if (test.Error is { } error)
        {
            throw new CommandException($"The test event {test.Event} was not delivered: {error}");
        }

        await terminal.Talk.WriteLineAsync($"The test event {test.Event} was delivered (HTTP {test.Status}).").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ChangeAsync(Terminal terminal, string id, string step, string done, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"{PathOf(id)}/{step}", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Endpoint {id} {done}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> DeliveriesAsync(Terminal terminal, string id, WebhookDeliveryState? state, int limit, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        string only = state is null ? "" : "&state=" + state;
        WebhookDelivery[] deliveries = await link.GetAsync<WebhookDelivery[]>(string.Create(CultureInfo.InvariantCulture, $"{PathOf(id)}/deliveries?limit={limit}{only}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(deliveries);
        }
        else
        {
            terminal.WriteTable(
                ["id", "type", "state", "tries", "created", "next try", "last error"],
                deliveries.Select(d => new[]
                {
                    d.Id, d.Type, d.State.ToString().ToLowerInvariant(), d.Tries.ToString(CultureInfo.InvariantCulture), Time(d.CreatedAt), d.DueAt is { } due ? Time(due) : "-", d.LastError ?? "-",
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> ReplayAsync(Terminal terminal, string id, string delivery, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"{PathOf(id)}/deliveries/{Uri.EscapeDataString(delivery)}/replay", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Delivery {delivery} is due again.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string State(WebhookEndpoint endpoint) => endpoint switch
    {
        { DisabledAt: { } at } => $"off since {Time(at)}: {endpoint.DisabledReason}",
        { FailingSince: { } since } => $"failing since {Time(since)}",
        _ => "on",
    };

    private static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

    private static string PathOf(string id) => "webhooks/" + Uri.EscapeDataString(id);
}
