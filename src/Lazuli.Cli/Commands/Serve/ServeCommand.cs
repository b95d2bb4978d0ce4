using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

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
            await using Installation installation = Installation.Open(exclusive: true);
            SettingsReader settings = SettingsReader.Read(installation.Home, Flags(parsed.GetValue(host), parsed.GetValue(port), parsed.GetValue(threads)));
            var models_ = new ModelHost();
            await using (models_.ConfigureAwait(false))
            {
                foreach (ModelVersion version in await ChooseAsync(installation, parsed.GetValue(models) ?? [], cancel).ConfigureAwait(false))
                {
                    models_.Add(version, LoadedModel.Open(version.Folder, settings.Engine));
                }

                WebServer server = await WebServer.StartAsync(installation, settings, models_, cancel).ConfigureAwait(false);
                await using (server.ConfigureAwait(false))
                {
                    await terminal.Talk.WriteLineAsync($"Serving {string.Join(", ", models_.List().Select(m => m.ResolvedName))} on {server.Url}/v1 (Ctrl-C stops)").ConfigureAwait(false);
                    await server.RunAsync(cancel).ConfigureAwait(false);
                    await terminal.Talk.WriteLineAsync("Stopped.").ConfigureAwait(false);
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

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
