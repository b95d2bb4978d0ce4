using System.Text.Json;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>What the home's finished runs tell a planner: losses of runs that compare, and how long steps took.</summary>
/// <param name="Observations">Runs on one data set, the one with most of them: their losses are of the same text by the same tokenizer.</param>
/// <param name="VocabularySize">Vocabulary of those; null where there are none.</param>
/// <param name="ContextLength">Row of those in tokens.</param>
/// <param name="Steps">Newest runs with predicted and measured seconds a step; empty where the machine has no profile.</param>
internal sealed record OwnRuns(IReadOnlyList<TrainingObservation> Observations, int? VocabularySize, int? ContextLength, IReadOnlyList<StepComparison> Steps)
{
    private const int MostSteps = 8;
    private const int TailBytes = 64 << 10;

    public static async Task<OwnRuns> ReadAsync(Installation installation, HardwareProfile? machine, CancellationToken cancel)
    {
        IReadOnlyList<RunRecord> runs = await installation.Registry.ListRunsAsync(cancel).ConfigureAwait(false);
        var finished = new List<(RunRecord Run, RunSummary Summary)>();
        foreach (RunRecord run in runs.Where(r => r.Status == "finished"))
        {
            if (RunSummary.TryRead(run.Folder) is { } summary)
            {
                finished.Add((run, summary));
            }
        }

        (RunRecord Run, RunSummary Summary)[] alike = finished
            .Where(f => f.Summary.HeldOutLoss is > 0)
            .GroupBy(f => (f.Summary.DataDigest, f.Summary.Model.VocabularySize))
            .MaxBy(g => g.Select(f => (f.Summary.Parameters, f.Summary.Tokens)).Distinct().Count())?.ToArray() ?? [];
        return new OwnRuns(
            [.. alike.Select(f => new TrainingObservation(f.Run.Id, f.Summary.Parameters, f.Summary.Tokens, f.Summary.HeldOutLoss!.Value))],
            alike.Length > 0 ? alike[0].Summary.Model.VocabularySize : null,
            alike.Length > 0 ? alike[0].Summary.Model.ContextLength : null,
            machine is null ? [] : [.. finished.Take(MostSteps).Select(f => Compare(f.Run, f.Summary, machine)).OfType<StepComparison>()]);
    }

    private static StepComparison? Compare(RunRecord run, RunSummary summary, HardwareProfile machine)
    {
        if (ReadRecipe(run.Folder) is not { } recipe || MedianTokensPerSecond(Path.Combine(run.Folder, "metrics.jsonl")) is not { } rate)
        {
            return null;
        }

        StepWork work = PlannedWork.Of(recipe, summary.Model);
        double? peak = summary.PeakFlop / summary.ElapsedSeconds;
        return StepComparison.Of(run.Id, machine, work, work.Tokens / rate, peak > 0 && double.IsFinite(peak.Value) ? peak : null);
    }

    private static Recipe? ReadRecipe(string folder)
    {
        try
        {
            return RecipeJson.Read(File.ReadAllText(Path.Combine(folder, "recipe.json")));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // its folder is gone or damaged: nothing to compare
        }
    }

    /// <summary>Median over the last steps of the file; null where it has none.</summary>
    private static double? MedianTokensPerSecond(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(TailBytes, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file);
        double[] rates = [.. reader.ReadToEnd().Split('\n').Select(RateOf).OfType<double>().Order()];
        return rates.Length == 0 ? null : rates[rates.Length / 2];
    }

    private static double? RateOf(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("tokensPerSecond", out JsonElement rate) && rate.TryGetDouble(out double value) && value > 0 ? value : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the first line of the tail, or the last of a killed run
        }
    }
}
