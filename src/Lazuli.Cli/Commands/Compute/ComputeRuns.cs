using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute runs</c>: the account of every training run.</summary>
internal static class ComputeRuns
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("runs", "FLOP by both methods, petaflop/s-days, MFU, device-hours, energy and cost of every run.") { json };
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        ComputeRates rates = RatesOf(installation);
        RunAccount[] runs = [.. (await RunFactsReader.ReadAllAsync(installation, cancel).ConfigureAwait(false)).Select(r => RunAccount.Of(r, rates))];
        IReadOnlyList<ComputeDefinition> definitions = ComputeDefinitions.OfRuns(rates);
        if (json)
        {
            terminal.WriteJson(new { runs, currency = rates.Currency, rates.CostNote, definitions });
            return ExitCode.Done;
        }

        WriteTable(terminal, rates.Currency, runs);
        WriteNotes(terminal, rates, runs);
        WriteDefinitions(terminal, definitions);
        return ExitCode.Done;
    }

    /// <summary>Prices and assumptions of this installation.</summary>
    public static ComputeRates RatesOf(Installation installation) =>
        ComputeRates.Of(SettingsReader.Read(installation.Home).Compute, Environment.ProcessorCount);

    /// <summary>One line a run.</summary>
    public static void WriteTable(Terminal terminal, string currency, IReadOnlyList<RunAccount> runs) => terminal.WriteTable(
        ["run", "project", "status", "tokens", "FLOP by count", "pfs-days", "FLOP by time", "count/time", "MFU (%)", "device-hours", "energy (Wh)", $"cost ({currency})"],
        runs.Select(Cells));

    /// <summary>One line a figure.</summary>
    public static void WriteDefinitions(Terminal terminal, IReadOnlyList<ComputeDefinition> definitions)
    {
        terminal.Data.WriteLine();
        terminal.Data.WriteLine("definitions");
        foreach (ComputeDefinition definition in definitions)
        {
            terminal.Data.WriteLine($"  {definition.Name} [{definition.Unit}]: {definition.Meaning}");
        }
    }

    private static string[] Cells(RunAccount run)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return
        [
            run.Id,
            run.Project,
            run.Status,
            run.Tokens.ToString("N0", invariant),
            run.FlopByCount.ToString("0.000e+0", invariant),
            run.PetaflopDays.ToString("0.000e+0", invariant),
            run.FlopByTime?.ToString("0.000e+0", invariant) ?? "-",
            run.RatioCountToTime?.ToString("F2", invariant) ?? "-",
            (run.ModelFlopUtilisation * 100)?.ToString("F1", invariant) ?? "-",
            run.DeviceHours.ToString("F4", invariant),
            run.EnergyWattHours.ToString("F2", invariant) + (run.IsEnergyMeasured ? " measured" : " estimated"),
            run.Cost?.ToString("F6", invariant) ?? "-",
        ];
    }

    private static void WriteNotes(Terminal terminal, ComputeRates rates, IReadOnlyList<RunAccount> runs)
    {
        string[] notes = [.. runs.SelectMany(r => r.Notes.Select(n => $"{r.Id}: {n}")), .. rates.CostNote is { } cost ? [cost] : Array.Empty<string>()];
        if (notes.Length > 0)
        {
            terminal.Data.WriteLine();
            terminal.Data.WriteLine("notes");
        }

        foreach (string note in notes)
        {
            terminal.Data.WriteLine("  " + note);
        }
    }
}
