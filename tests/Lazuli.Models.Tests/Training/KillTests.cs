using System.Diagnostics;
using System.Globalization;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class KillTests
{
    [Fact]
    public async Task A_run_killed_at_random_instants_ends_as_if_never_stopped()
    {
        const int Kills = 8;
        using var whole = new ScratchFolder();
        using var killed = new ScratchFolder();
        var random = new Random(11);
        ToyRuns.Train(TrainingChild.Recipe with { Checkpoints = new CheckpointRecipe { EveryMinutes = 0 } }, whole.Path);
        long saved = 0;

        for (int i = 0; i < Kills; i++)
        {
            (long begun, long durable) = await TrainAndKill(killed.Path, random, TestContext.Current.CancellationToken);

            Assert.True(begun > saved, $"step {saved} was saved, yet the next process began with step {begun}");
            saved = Math.Max(saved, durable);
        }

        RecordingObserver last = ToyRuns.Train(TrainingChild.Recipe, killed.Path);

        Assert.True(last.Starts[0].ResumedAtStep >= saved && saved > Kills, $"saved {saved}, resumed at {last.Starts[0].ResumedAtStep}");
        Assert.Empty(last.Notices); // nothing was damaged
        Assert.Equal(ToyRuns.Tensors(whole.Path, 150), ToyRuns.Tensors(killed.Path, 150));
        Assert.Equal(150, File.ReadLines(Path.Combine(killed.Path, "metrics.jsonl")).Count());
        Assert.Empty(Directory.GetDirectories(Path.Combine(killed.Path, "checkpoints"), "*.tmp"));
    }

    /// <summary>Trains in a child process and kills it some time after a few of its lines. Returns the first step it did and the last it said was saved.</summary>
    private static async Task<(long Begun, long Saved)> TrainAndKill(string directory, Random random, CancellationToken cancellationToken)
    {
        using var child = new Process { StartInfo = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false } };
        child.StartInfo.Environment[TrainingChild.DirectoryVariable] = directory;
        child.Start();
        var lines = new List<string>();
        for (int wanted = random.Next(3, 14); lines.Count < wanted && await child.StandardOutput.ReadLineAsync(cancellationToken) is { } line;)
        {
            lines.Add(line);
        }

        child.WaitForExit(random.Next(15)); // a moment, in which it goes on
        child.Kill();
        lines.AddRange((await child.StandardOutput.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await child.WaitForExitAsync(cancellationToken);
        return (Numbers("step ").First(), Numbers("saved ").DefaultIfEmpty(0).Last());

        IEnumerable<long> Numbers(string prefix) =>
            lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Select(l => long.Parse(l.AsSpan(prefix.Length), CultureInfo.InvariantCulture));
    }
}
