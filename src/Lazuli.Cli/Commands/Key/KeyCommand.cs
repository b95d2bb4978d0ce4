using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli key create|list|rotate|revoke</c>.</summary>
internal static class KeyCommand
{
    public static Command Build(Terminal terminal)
    {
        var label = new Argument<string>("label") { Description = "What the key is for; shown in lists." };
        var project = new Option<string?>("--project") { Description = "Project that its compute is counted to. Default: the setting Compute.Project." };
        var endpoints = new Option<string[]>("--endpoint") { Description = "An endpoint that it is for: chat, completions, embeddings, usage, or usage:PARTY for the use of that whole party; may be repeated. Default: all but usage:PARTY.", DefaultValueFactory = _ => [] };
        var models = new Option<string[]>("--model") { Description = "A model that it may ask for; may be repeated. Default: all that the project's licences allow.", DefaultValueFactory = _ => [] };
        var addresses = new Option<string[]>("--from") { Description = "An address or network (CIDR) that it may come from; may be repeated. Default: anywhere.", DefaultValueFactory = _ => [] };
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "When it ends by itself. Default never." };
        var sandbox = new Option<bool>("--sandbox") { Description = "For trying things out: its requests are metered and cost nothing." };
        var create = new Command("create", "Make a key and print it, once.") { label, project, endpoints, models, addresses, expires, sandbox };
        create.SetAction((parsed, cancel) => CreateAsync(
            terminal,
            new NewApiKey
            {
                Label = parsed.GetValue(label)!,
                Project = ProjectOf(parsed.GetValue(project)),
                Endpoints = parsed.GetValue(endpoints)!,
                Models = parsed.GetValue(models)!,
                Addresses = parsed.GetValue(addresses)!,
                ExpiresAt = parsed.GetValue(expires),
                Sandbox = parsed.GetValue(sandbox),
            },
            cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List keys; their text is never shown again.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var id = new Argument<string>("id") { Description = "Id of the key, as listed." };
        var overlap = new Option<double>("--overlap-hours") { Description = "How long the old key goes on. Default 24; 0 ends it at once.", DefaultValueFactory = _ => 24 };
        var rotate = new Command("rotate", "Make a key that is allowed what the old one is, and print it, once; the old one goes on for a while and then ends.") { id, overlap };
        rotate.SetAction((parsed, cancel) => RotateAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(overlap), cancel));
        var revoke = new Command("revoke", "End a key at once.") { id };
        revoke.SetAction((parsed, cancel) => RevokeAsync(terminal, parsed.GetValue(id)!, cancel));
        return CommandTree.Noun("key", "Keys for the HTTP API.", create, list, rotate, revoke);
    }

    private static ProjectId ProjectOf(string? asked) => asked is null || ProjectName.IsValid(asked)
        ? new ProjectId(asked ?? SettingsReader.Read(LazuliHome.FromEnvironment()).Compute.Project)
        : throw new CommandException($"--project is '{asked}'; {ProjectName.Rule}.", ExitCode.Usage);

    private static async Task<int> CreateAsync(Terminal terminal, NewApiKey wanted, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CreatedApiKey key = await link.PostAsync<CreatedApiKey>("keys/", wanted, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(key.Key).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Key {key.Record.Id} ({wanted.Label}{(wanted.Sandbox ? ", sandbox" : "")}). Keep it: only its hash is stored, and it is not shown again.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ApiKeyRecord[] keys = await link.GetAsync<ApiKeyRecord[]>("keys/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteJson(keys);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["id", "key", "label", "project", "created", "for", "expires", "last use", "state"],
            keys.Select(k => new[] { k.Id, k.Redacted, k.Label, k.Project, At(k.CreatedAt), For(k), At(k.ExpiresAt), At(k.LastUsedAt), k.RevokedAt is not null ? "revoked" : k.ReplacedBy is { } next ? $"replaced by {next}" : "live" }));
        return ExitCode.Done;
    }

    private static string At(DateTimeOffset? at) => at?.ToString("u", CultureInfo.InvariantCulture) ?? "-";

    private static string For(ApiKeyRecord key) =>
        string.Join(' ', [.. key.Endpoints.DefaultIfEmpty("all"), .. key.Models.Select(model => "model:" + model), .. key.Addresses.Select(address => "from:" + address)]) + (key.Sandbox ? ", sandbox" : "");

    private static async Task<int> RotateAsync(Terminal terminal, string id, double overlapHours, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CreatedApiKey key = await link.PostAsync<CreatedApiKey>(
            string.Create(CultureInfo.InvariantCulture, $"keys/{Uri.EscapeDataString(id)}/rotate?overlapHours={overlapHours}"), (object?)null, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(key.Key).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Key {key.Record.Id} stands in for {id}, which ends in {overlapHours} hours. Keep it: only its hash is stored, and it is not shown again.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"keys/{Uri.EscapeDataString(id)}/revoke", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Key {id} is revoked.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
