using System.Text;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class CheckpointTests
{
    [Fact]
    public void Keeps_the_newest_and_the_best()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 30, checkpointEvery: 5);
        recipe = recipe with { Checkpoints = recipe.Checkpoints with { KeepLast = 2 }, Evaluation = recipe.Evaluation with { EverySteps = 5 } };

        RecordingObserver run = ToyRuns.Train(recipe, scratch.Path);

        long best = run.Evaluations.MinBy(e => e.Loss).Step;
        Assert.Equal([5, 10, 15, 20, 25, 30], run.Checkpoints);
        Assert.Equal(
            new long[] { 30, 25, best }.Distinct().OrderDescending(),
            new CheckpointStore(Path.Combine(scratch.Path, "checkpoints")).Steps);
        Assert.Equal("step-30\n", File.ReadAllText(Path.Combine(scratch.Path, "checkpoints", "latest")));
    }

    [Fact]
    public void A_checkpoint_gives_the_parameters_of_the_run()
    {
        using var scratch = new ScratchFolder();
        ToyRuns.Train(ToyRuns.Recipe(steps: 3), scratch.Path);
        TrainingCheckpoint checkpoint = TrainingCheckpoint.OpenNewest(scratch.Path)!;
        var read = new List<byte>();

        checkpoint.ReadParameters((parameter, values) =>
        {
            Assert.Equal(parameter.Length, values.Length);
            read.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());
        });

        Assert.Equal(3, checkpoint.Step);
        Assert.Equal(File.ReadAllBytes(Path.Combine(checkpoint.Directory, "parameters.f32")), read);
    }

    [Theory]
    [InlineData("parameters.f32")]
    [InlineData("first-moment.f32")]
    [InlineData("second-moment.f32")]
    [InlineData("manifest.json")]
    public void A_damaged_newest_checkpoint_is_set_aside_and_the_one_before_taken(string file)
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 10, checkpointEvery: 5);
        ToyRuns.Train(recipe, scratch.Path);
        byte[] expected = ToyRuns.Tensors(scratch.Path, 10);
        string newest = Path.Combine(scratch.Path, "checkpoints", "step-10");
        FlipBit(Path.Combine(newest, file), 200);

        RecordingObserver second = ToyRuns.Train(recipe, scratch.Path);

        Assert.Equal(5, second.Starts[0].ResumedAtStep);
        Assert.Equal(2, second.Notices.Count);
        Assert.Contains(Path.Combine(newest, file), second.Notices[0], StringComparison.Ordinal);
        Assert.EndsWith($"It is set aside as {newest}.damaged.", second.Notices[0], StringComparison.Ordinal);
        Assert.Equal("Resuming from step 5 instead.", second.Notices[1]);
        Assert.Equal(expected, ToyRuns.Tensors(scratch.Path, 10));
    }

    [Fact]
    public void Says_so_when_no_checkpoint_is_sound()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 5);
        ToyRuns.Train(recipe, scratch.Path);
        FlipBit(Path.Combine(scratch.Path, "checkpoints", "step-5", "parameters.f32"), 0);

        TrainingException error = Assert.Throws<TrainingException>(() => ToyRuns.Train(recipe, scratch.Path));

        Assert.StartsWith("No checkpoint of this run is sound. The newest: The checkpoint is damaged: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_cut_off_anywhere_or_with_any_bit_flipped_is_refused()
    {
        using var scratch = new ScratchFolder();
        ToyRuns.Train(ToyRuns.Recipe(steps: 1), scratch.Path);
        string folder = Path.Combine(scratch.Path, "checkpoints", "step-1");
        string path = Path.Combine(folder, "manifest.json");
        byte[] good = File.ReadAllBytes(path);
        string manifest = Describe(CheckpointManifest.Read(folder));

        for (int length = 0; length < good.Length - 1; length++) // the last byte is the line end
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<CheckpointFormatException>(() => CheckpointManifest.Read(folder));
        }

        var random = new Random(5);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);
            try
            {
                Assert.Equal(manifest, Describe(CheckpointManifest.Read(folder))); // blanks outside the object may change
            }
            catch (CheckpointFormatException e)
            {
                Assert.Equal(path, e.Path);
            }
        }

        static string Describe(CheckpointManifest m) => Encoding.UTF8.GetString(m.ToBytes());
    }

    [Fact]
    public void A_tensor_file_cut_off_is_refused_with_its_place()
    {
        using var scratch = new ScratchFolder();
        ToyRuns.Train(ToyRuns.Recipe(steps: 1), scratch.Path);
        string folder = Path.Combine(scratch.Path, "checkpoints", "step-1");
        string path = Path.Combine(folder, "parameters.f32");
        byte[] good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, good[..^3]);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => TrainingCheckpoint.Open(folder).ReadParameters((_, _) => { }));

        Assert.Equal($"The checkpoint is damaged: {path}, the file: expected {good.Length} bytes; found {good.Length - 3} bytes.", error.Message);
    }

    [Fact]
    public void Refuses_a_checkpoint_of_another_run_and_says_what_differs()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 2);
        ToyRuns.Train(recipe, scratch.Path);

        CheckpointMismatchException seed = Assert.Throws<CheckpointMismatchException>(() => ToyRuns.Train(recipe with { Seed = 9 }, scratch.Path));
        CheckpointMismatchException data = Assert.Throws<CheckpointMismatchException>(
            () => ToyRuns.Train(recipe, scratch.Path, data: new RandomRows(16, ToyRuns.Vocabulary, seed: 8)));
        CheckpointMismatchException optimizer = Assert.Throws<CheckpointMismatchException>(
            () => ToyRuns.Train(ToyRuns.Recipe(optimizer: OptimizerKind.Muon, steps: 2), scratch.Path));

        Assert.Equal("its seed is 3, this run's 9", Assert.Single(seed.Differences));
        Assert.StartsWith("its data set is sha256:rows-", Assert.Single(data.Differences), StringComparison.Ordinal);
        Assert.Equal("its optimizer is AdamW, this run's Muon", Assert.Single(optimizer.Differences));
        Assert.Equal(RunStatus.Completed, RunSummary.TryRead(scratch.Path)!.Status);
    }

    [Fact]
    public void A_changed_recipe_is_said_and_holds_from_there_on()
    {
        using var scratch = new ScratchFolder();
        ToyRuns.Train(ToyRuns.Recipe(steps: 2), scratch.Path);

        RecordingObserver second = ToyRuns.Train(ToyRuns.Recipe(steps: 4), scratch.Path);

        Assert.Equal(["The recipe differs from the one the checkpoint was made with; from here on the new one holds."], second.Notices);
        Assert.Equal([3, 4], second.Steps.Select(s => s.Step));
    }

    [Fact]
    public void Never_resuming_refuses_a_directory_that_has_checkpoints()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 2);
        ToyRuns.Train(recipe, scratch.Path);

        TrainingException error = Assert.Throws<TrainingException>(() => ToyRuns.Train(recipe, scratch.Path, resume: ResumeMode.Never));

        Assert.EndsWith("Choose another directory, or resume with auto.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_directory_can_be_gone_on_from()
    {
        using var first = new ScratchFolder();
        using var second = new ScratchFolder();
        ToyRuns.Train(ToyRuns.Recipe(steps: 4, checkpointEvery: 2), first.Path);

        RecordingObserver branch = ToyRuns.Train(
            ToyRuns.Recipe(steps: 4, checkpointEvery: 2), second.Path, resume: ResumeMode.From(Path.Combine(first.Path, "checkpoints", "step-2")));

        Assert.Equal([3, 4], branch.Steps.Select(s => s.Step));
        Assert.Equal(ToyRuns.Tensors(first.Path, 4), ToyRuns.Tensors(second.Path, 4));
    }

    [Fact]
    public void Going_back_to_an_older_checkpoint_leaves_the_later_ones_behind()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 6, checkpointEvery: 2);
        recipe = recipe with { Checkpoints = recipe.Checkpoints with { KeepLast = 3 } };
        ToyRuns.Train(recipe, scratch.Path);
        string checkpoints = Path.Combine(scratch.Path, "checkpoints");

        RecordingObserver second = ToyRuns.Train(recipe, scratch.Path, resume: ResumeMode.From(Path.Combine(checkpoints, "step-2")));

        Assert.Equal([3, 4, 5, 6], second.Steps.Select(s => s.Step));
        Assert.Equal(
            [
                $"The checkpoint of step 6 is set aside as {Path.Combine(checkpoints, "step-6.superseded")}.",
                $"The checkpoint of step 4 is set aside as {Path.Combine(checkpoints, "step-4.superseded")}.",
            ],
            second.Notices);
        Assert.Equal(6, File.ReadLines(Path.Combine(scratch.Path, "metrics.jsonl")).Count());
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_leaves_the_one_before_and_nothing_half_written()
    {
        using var scratch = new ScratchFolder();
        string checkpoints = Path.Combine(scratch.Path, "checkpoints");
        Directory.CreateDirectory(checkpoints);
        File.WriteAllText(Path.Combine(checkpoints, "step-10"), "in the way of the folder");

        Assert.Throws<IOException>(() => ToyRuns.Train(ToyRuns.Recipe(steps: 10, checkpointEvery: 5), scratch.Path));

        Assert.Equal(5, TrainingCheckpoint.OpenNewest(scratch.Path)!.Step);
        Assert.Equal(["step-5"], Directory.GetDirectories(checkpoints).Select(Path.GetFileName));
        Assert.Equal(RunStatus.Failed, RunSummary.TryRead(scratch.Path)!.Status);
    }

    [Fact]
    public void Refuses_to_mix_the_checkpoints_of_two_runs()
    {
        using var first = new ScratchFolder();
        using var second = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 2);
        ToyRuns.Train(recipe, first.Path);
        ToyRuns.Train(recipe, second.Path);

        TrainingException error = Assert.Throws<TrainingException>(
            () => ToyRuns.Train(recipe, second.Path, resume: ResumeMode.From(Path.Combine(first.Path, "checkpoints", "step-2"))));

        Assert.StartsWith("The run directory already has checkpoints of its own", error.Message, StringComparison.Ordinal);
    }

    private static void FlipBit(string path, int at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
