using System.Text.Json;
using Lazuli.Compute;
using Lazuli.Contracts;
using ComputeUse = Lazuli.Compute.ComputeUse;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Reads what is known of each run from the registry and the run's own folder, which tells also of runs that were killed.</summary>
internal static class RunFactsReader
{
    private const string MetricsName = "metrics.jsonl";

    /// <summary>Every registered run, newest first.</summary>
    public static async Task<IReadOnlyList<RunFacts>> ReadAllAsync(Installation installation, CancellationToken cancel)
    {
        IReadOnlyList<RunRecord> runs = await installation.Registry.ListRunsAsync(cancel).ConfigureAwait(false);
        return [.. runs.Select(Read)];
    }

    private static RunFacts Read(RunRecord run)
    {
        RunSummary? summary = RunSummary.TryRead(run.Folder);
        RecordedResult recorded = RecordedResult.Of(run.Facts);
        var notes = new List<string>();
        ComputeUse used = summary is null ? recorded.Use : new ComputeUse(summary.Tokens, summary.Flop, summary.ElapsedSeconds, summary.DeviceSeconds ?? summary.ElapsedSeconds, summary.PeakFlop ?? 0, summary.EnergyJoules);
        if (!used.IsSound)
        {
            used = default;
            notes.Add("the run's figures are damaged and not counted");
        }

        if (summary is null)
        {
            notes.Add(recorded.Use == default ? "no figures: it ended before its first step, or its folder is gone" : "its folder is gone: figures are the registry's");
        }

        if (used != default && summary?.DeviceSeconds is null)
        {
            notes.Add("the part of the device that it held was not recorded: all of it is assumed");
        }

        string energySource = summary?.EnergySource ?? recorded.EnergySource ?? "not known";
        return new RunFacts
        {
            Id = run.Id,
            Project = run.Project,
            Recipe = run.Recipe,
            Status = run.Status,
            StartedAt = run.StartedAt,
            UpdatedAt = summary?.UpdatedAt ?? run.UpdatedAt,
            IsPeakKnown = summary is null ? used.PeakFlop > 0 : summary.PeakFlop is not null,
            FlopConvention = summary?.FlopConvention ?? TrainingFlop.Convention,
            EnergySource = energySource,
            IsEnergyMeasured = energySource.StartsWith("measured", StringComparison.Ordinal),
            Used = used,
            History = ReadHistory(Path.Combine(run.Folder, MetricsName)),
            Notes = notes,
        };
    }

    /// <summary>The last line of each day. Lines without a time, of other kinds, damaged, or cut off by a crash are passed over.</summary>
    private static List<UsePoint> ReadHistory(string path)
    {
        var days = new List<UsePoint>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (ReadPoint(line) is not { } point)
            {
                continue;
            }

            if (days.Count > 0 && days[^1].At.UtcDateTime.Date == point.At.UtcDateTime.Date)
            {
                days[^1] = point;
            }
            else
            {
                days.Add(point);
            }
        }

        return days;
    }

    private static UsePoint? ReadPoint(string line)
    {
        try
        {
            StepLine? step = line.Contains("\"at\"", StringComparison.Ordinal) ? JsonSerializer.Deserialize<StepLine>(line, JsonSerializerOptions.Web) : null;
            return step is null || new ComputeUse(step.Tokens, step.Flop, step.ElapsedSeconds, step.DeviceSeconds ?? step.ElapsedSeconds, step.PeakFlop ?? 0, step.EnergyJoules) is not { IsSound: true } use ? null : new UsePoint(step.At, use);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record StepLine(DateTimeOffset At, long Tokens, double Flop, double ElapsedSeconds, double? DeviceSeconds, double? PeakFlop, double EnergyJoules);

    /// <summary>What the registry kept of a run that ended: the facts of its <see cref="TrainingResult"/>.</summary>
    private sealed record RecordedResult(ComputeUse Use, string? EnergySource)
    {
        public static RecordedResult Of(JsonElement facts)
        {
            try
            {
                TrainingResult? result = facts.ValueKind == JsonValueKind.Object ? facts.Deserialize<TrainingResult>(JsonSerializerOptions.Web) : null;
                return result is null
                    ? new RecordedResult(default, null)
                    : new RecordedResult(
                        new ComputeUse(result.Tokens, result.Flop, result.ElapsedSeconds, result.ElapsedSeconds, PeakFlopOf(result), result.EnergyJoules),
                        result.EnergySource);
            }
            catch (JsonException)
            {
                return new RecordedResult(default, null);
            }
        }

        private static double PeakFlopOf(TrainingResult result) => result.AssumedUtilisation > 0 ? (result.FlopByTime ?? 0) / result.AssumedUtilisation : 0;
    }
}
