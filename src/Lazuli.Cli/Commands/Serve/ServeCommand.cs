using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Build(Terminal terminal)
    {
        var models = new Argument<string[]>("models") { Description = "Models to serve: name or name@digest. None: the latest version of every name.", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> host = HostOption();
        Option<int?> port = PortOption();
        var threads = new Option<int?>("--threads") { Description = "Threads of the engine; 0 takes every processor." };
        var command = new Command("serve", "Serve models behind the OpenAI API. Stops in good order on Ctrl-C or SIGTERM.") { models, host, port, threads };
        command.SetAction(async (parsed, cancel) =>
        {
            await using Installation installation = Installation.Open(HomeUse.Answer);
            SettingsReader settings = SettingsReader.Read(installation.Home, Flags(parsed.GetValue(host), parsed.GetValue(port), parsed.GetValue(threads)));
            await ServeAsync(terminal, installation, settings, parsed.GetValue(models) ?? [], cancel).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Sums up what the engines of a server do, in the installation's accounts.</summary>
    public static ServingAccumulator Accounts(Terminal terminal, Installation installation, SettingsReader settings) =>
        new(installation.ServingUses, settings.Compute.Project, installation.Time, failure => terminal.Talk.WriteLine($"Serving's compute could not be written ({failure.Message}); it is tried again."));

    public static Option<string?> HostOption() => new("--host") { Description = "Address to listen on. Default 127.0.0.1: this machine only." };

    public static Option<int?> PortOption() => new("--port") { Description = "TCP port; 0 takes any free one. Default 8080." };

    /// <summary>Flags as settings, which win over every other source.</summary>
    public static Dictionary<string, string> Flags(string? host, int? port, int? threads)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("Serve.Host", host);
        Add("Serve.Port", port?.ToString(CultureInfo.InvariantCulture));
        Add("Engine.Threads", threads?.ToString(CultureInfo.InvariantCulture));
        return flags;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                flags[name] = value;
            }
        }
    }

    private static async Task ServeAsync(Terminal terminal, Installation installation, SettingsReader settings, string[] references, CancellationToken cancel)
    {
        await using ServingAccumulator accounts = Accounts(terminal, installation, settings); // ends after the engines, which tell of their last work when they end
        var models = new ModelHost();
        await using (models.ConfigureAwait(false))
        {
            foreach (ModelVersion version in await ChooseAsync(installation, references, cancel).ConfigureAwait(false))
            {
                models.Open(version, settings.Engine, accounts);
            }

            WebServer server = await WebServer.StartAsync(installation, settings, models, cancel).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                await terminal.Talk.WriteLineAsync($"Serving {string.Join(", ", models.List().Select(m => m.ResolvedName))} on {server.Url}/v1 (Ctrl-C stops)").ConfigureAwait(false);
                await server.RunAsync(cancel).ConfigureAwait(false);
                await terminal.Talk.WriteLineAsync("Stopped.").ConfigureAwait(false);
            }
        }
    }

    private static async Task<IReadOnlyList<ModelVersion>> ChooseAsync(Installation installation, string[] references, CancellationToken cancel)
    {
        if (references.Length > 0)
        {
            var chosen = new List<ModelVersion>();
            foreach (string reference in references)
            {
                chosen.Add(await ModelCommand.FindAsync(installation, reference, cancel).ConfigureAwait(false));
            }

            return chosen;
        }

        IReadOnlyList<ModelVersion> all = await installation.Registry.ListModelsAsync(cancel).ConfigureAwait(false);
        ModelVersion[] latest = [.. all.DistinctBy(m => m.Name)]; // newest first
        return latest.Length > 0 ? latest : throw new CommandException("There is no model to serve yet; 'lazuli quickstart' makes one.");
    }
}
