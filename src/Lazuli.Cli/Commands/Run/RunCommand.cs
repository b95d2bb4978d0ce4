using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli run list|show|compare</c>.</summary>
internal static class RunCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List training runs, newest first.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var id = new Argument<string>("id") { Description = "A run's id, or the beginning of it." };
        var show = new Command("show", "Show a run: state, figures, curve, checkpoints.") { id, json };
        show.SetAction((parsed, cancel) => ShowAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(json), cancel));

        var ids = new Argument<string[]>("ids") { Description = "Two or more runs.", Arity = new ArgumentArity(2, 100) };
        var compare = new Command("compare", "Set runs side by side.") { ids, json };
        compare.SetAction((parsed, cancel) => CompareAsync(terminal, parsed.GetValue(ids)!, parsed.GetValue(json), cancel));
        return CommandTree.Noun("run", "Training runs.", list, show, compare);
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        IReadOnlyList<RunRecord> runs = await installation.Registry.ListRunsAsync(cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteJson(runs);
        }
        else
        {
            terminal.WriteTable(
                ["id", "recipe", "status", "started", "steps", "tokens", "held-out loss (nats/token)"],
                runs.Select(r => new[] { r.Id, r.Recipe, r.Status, r.StartedAt.ToString("u", CultureInfo.InvariantCulture), Fact(r, "steps"), Fact(r, "tokens"), Fact(r, "heldOut", "loss") }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Terminal terminal, string id, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        RunRecord run = await FindAsync(installation, id, cancel).ConfigureAwait(false);
        IReadOnlyList<MetricsPoint> points = MetricsPoint.ReadAll(Path.Combine(run.Folder, "metrics.jsonl"));
        string[] checkpoints = CheckpointsOf(run);
        if (json)
        {
            terminal.WriteJson(new { run, checkpoints, metrics = points });
            return ExitCode.Done;
        }

        terminal.WriteTable(["", ""], FactsOf(run).Select(f => new[] { f.Name, f.Value }));
        terminal.Data.WriteLine();
        terminal.WriteTable(["step", "tokens", "loss (nats/token)", "rate", "tokens/s", "seconds"], MetricsPoint.Thin(points, 16).Select(p => p.Cells()));
        terminal.Data.WriteLine();
        foreach (string checkpoint in checkpoints)
        {
            terminal.Data.WriteLine("checkpoint " + checkpoint);
        }

        return ExitCode.Done;
    }

    private static async Task<int> CompareAsync(Terminal terminal, string[] ids, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        var runs = new List<RunRecord>();
        foreach (string id in ids)
        {
            runs.Add(await FindAsync(installation, id, cancel).ConfigureAwait(false));
        }

        if (json)
        {
            terminal.WriteJson(runs);
            return ExitCode.Done;
        }

        List<(string Name, string Value)>[] facts = [.. runs.Select(FactsOf)];
        IEnumerable<string> names = facts.SelectMany(f => f.Select(x => x.Name)).Distinct();
        terminal.WriteTable(
            ["", .. runs.Select(r => r.Id)],
            names.Select(name => (string[])[name, .. facts.Select(f => f.FirstOrDefault(x => x.Name == name).Value ?? "-")]));
        return ExitCode.Done;
    }

    private static async Task<RunRecord> FindAsync(Installation installation, string id, CancellationToken cancel) =>
        await installation.Registry.FindRunAsync(id, cancel).ConfigureAwait(false)
            ?? throw new CommandException($"There is no run '{id}' (or several begin so); 'lazuli run list' shows them.");

    private static List<(string Name, string Value)> FactsOf(RunRecord run)
    {
        var facts = new List<(string, string)>
        {
            ("recipe", run.Recipe), ("status", run.Status), ("started", run.StartedAt.ToString("u", CultureInfo.InvariantCulture)),
            ("model", run.Model?.Value ?? "-"), ("folder", run.Folder),
        };
        if (run.Facts.ValueKind == JsonValueKind.Object)
        {
            Flatten(run.Facts, string.Empty, facts);
        }

        return facts;
    }

    private static void Flatten(JsonElement element, string prefix, List<(string Name, string Value)> facts)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                Flatten(property.Value, name + ".", facts);
            }
            else
            {
                facts.Add((name, property.Value.ToString()));
            }
        }
    }

    private static string Fact(RunRecord run, params string[] path)
    {
        JsonElement at = run.Facts;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return "-";
            }
        }

        return at.ValueKind == JsonValueKind.Null ? "-" : at.ToString();
    }

    private static string[] CheckpointsOf(RunRecord run)
    {
        string folder = Path.Combine(run.Folder, "checkpoints");
        return Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder, "step-*").Where(d => !d.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : [];
    }
}
