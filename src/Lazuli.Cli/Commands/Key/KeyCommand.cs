using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli key create|list|revoke</c>.</summary>
internal static class KeyCommand
{
    public static Command Build(Terminal terminal)
    {
        var label = new Argument<string>("label") { Description = "What the key is for; shown in lists." };
        var project = new Option<string?>("--project") { Description = "Project that its compute is counted to. Default: the setting Compute.Project." };
        var endpoints = new Option<string[]>("--endpoint") { Description = "An endpoint that it is for: chat, completions, embeddings, usage, or usage:PARTY for the use of that whole party; may be repeated. Default: all but usage:PARTY." };
        var sandbox = new Option<bool>("--sandbox") { Description = "For trying things out: its requests are metered and cost nothing." };
        var create = new Command("create", "Make a key and print it, once.") { label, project, endpoints, sandbox };
        create.SetAction((parsed, cancel) => CreateAsync(terminal, parsed.GetValue(label)!, parsed.GetValue(project), parsed.GetValue(endpoints) ?? [], parsed.GetValue(sandbox), cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List keys; their text is never shown again.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var id = new Argument<string>("id") { Description = "Id of the key, as listed." };
        var revoke = new Command("revoke", "End a key at once.") { id };
        revoke.SetAction((parsed, cancel) => RevokeAsync(terminal, parsed.GetValue(id)!, cancel));
        return CommandTree.Noun("key", "Keys for the HTTP API.", create, list, revoke);
    }

    private static async Task<int> CreateAsync(Terminal terminal, string label, string? project, string[] endpoints, bool sandbox, CancellationToken cancel)
    {
        if (project is not null && !ProjectName.IsValid(project))
        {
            throw new CommandException($"--project is '{project}'; {ProjectName.Rule}.", ExitCode.Usage);
        }

        LazuliHome home = LazuliHome.FromEnvironment();
        var wanted = new NewApiKey { Label = label, Project = new ProjectId(project ?? SettingsReader.Read(home).Compute.Project), Endpoints = endpoints, Sandbox = sandbox };
        CreatedApiKey key;
        if (RemoteServer.Choose(home) is { } server)
        {
            await using var link = new AdminLink(server);
            key = await link.PostAsync<CreatedApiKey>("keys/", wanted, cancel).ConfigureAwait(false);
        }
        else
        {
            await using Installation installation = Installation.Open();
            key = await installation.Keys.CreateAsync(Actor.Local, wanted, cancel).ConfigureAwait(false) switch
            {
                LicensingResult<CreatedApiKey>.Done done => done.Value,
                LicensingResult<CreatedApiKey>.Refused refused => throw new CommandException(string.Join(' ', refused.Reasons), ExitCode.Usage),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        await terminal.Data.WriteLineAsync(key.Key).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Key {key.Record.Id} ({label}{(sandbox ? ", sandbox" : "")}). Keep it: only its hash is stored, and it is not shown again.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        IReadOnlyList<ApiKeyRecord> keys;
        if (RemoteServer.Choose(LazuliHome.FromEnvironment()) is { } server)
        {
            await using var link = new AdminLink(server);
            keys = await link.GetAsync<ApiKeyRecord[]>("keys/", cancel).ConfigureAwait(false);
        }
        else
        {
            await using Installation installation = Installation.Open();
            keys = await installation.Keys.ListAsync(cancel).ConfigureAwait(false);
        }

        if (json)
        {
            terminal.WriteJson(keys);
        }
        else
        {
            terminal.WriteTable(
                ["id", "key", "label", "project", "created", "for", "state"],
                keys.Select(k => new[] { k.Id, k.Redacted, k.Label, k.Project, k.CreatedAt.ToString("u", CultureInfo.InvariantCulture), For(k), k.RevokedAt is null ? "live" : "revoked" }));
        }

        return ExitCode.Done;
    }

    private static string For(ApiKeyRecord key) => (key.Endpoints.Count == 0 ? "all" : string.Join(' ', key.Endpoints)) + (key.Sandbox ? ", sandbox" : "");

    private static async Task<int> RevokeAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        if (RemoteServer.Choose(LazuliHome.FromEnvironment()) is { } server)
        {
            await using var link = new AdminLink(server);
            await link.PostAsync($"keys/{Uri.EscapeDataString(id)}/revoke", body: null, cancel).ConfigureAwait(false);
        }
        else
        {
            await using Installation installation = Installation.Open();
            if (!await installation.Keys.RevokeAsync(id, cancel).ConfigureAwait(false))
            {
                throw new CommandException($"There is no live key '{id}'; 'lazuli key list' shows them.");
            }
        }

        await terminal.Talk.WriteLineAsync($"Key {id} is revoked.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
