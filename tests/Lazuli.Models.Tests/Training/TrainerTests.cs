using System.Text.Json;
using Lazuli.Numerics;
using Lazuli.Testing;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class TrainerTests
{
    // Recorded once on AVX2; other tiers round differently, and ten steps of training spread that: hence the tolerance.
    private const double LossTolerance = 2e-4;

    private static readonly double[] s_llamaAdamW = [3.927182, 3.838158, 3.684124, 3.641065, 3.724624, 3.564806, 3.384420, 3.380872, 3.295705, 3.153371];
    private static readonly double[] s_gpt2AdamW = [3.900132, 3.875485, 3.772334, 3.807007, 3.754478, 3.771274, 3.595513, 3.708247, 3.555342, 3.437585];
    private static readonly double[] s_llamaMuon = [3.927182, 3.844604, 3.698425, 3.617668, 3.545398, 3.449437, 3.295735, 3.283848, 3.176748, 3.017692];

    [Theory]
    [InlineData(ModelFamily.Llama, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Gpt2, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Llama, OptimizerKind.Muon)]
    public void Ten_losses_are_the_recorded_ones(ModelFamily family, OptimizerKind optimizer)
    {
        using var scratch = new ScratchFolder();
        double[] expected = optimizer == OptimizerKind.Muon ? s_llamaMuon : family == ModelFamily.Llama ? s_llamaAdamW : s_gpt2AdamW;

        RecordingObserver run = ToyRuns.Train(ToyRuns.Recipe(family, optimizer, steps: 10), scratch.Path);

        string found = string.Join(", ", run.Steps.Select(s => s.Loss.ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(
            expected.Length == run.Steps.Count && expected.Zip(run.Steps).All(pair => Math.Abs(pair.First - pair.Second.Loss) <= LossTolerance), $"found [{found}]");
    }

    [Theory]
    [InlineData(ModelFamily.Llama, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Gpt2, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Llama, OptimizerKind.Muon)]
    public void Loss_falls_on_held_out_rows(ModelFamily family, OptimizerKind optimizer)
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(family, optimizer, steps: 80);

        RecordingObserver run = ToyRuns.Train(recipe with { Evaluation = recipe.Evaluation with { AtStart = true } }, scratch.Path);

        // The untrained model knows nothing: ln 48 = 3.87. Two ids are possible after each, so no model can go below ln 2 = 0.69.
        Assert.InRange(run.Evaluations[0].Loss, 3.7, 4.1);
        Assert.InRange(run.Evaluations[^1].Loss, 0.69, 2.2);
        Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70, 80], run.Evaluations.Select(e => e.Step));
    }

    [Theory]
    [InlineData(ModelFamily.Llama, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Gpt2, OptimizerKind.AdamW)]
    [InlineData(ModelFamily.Llama, OptimizerKind.Muon)]
    public void Bits_do_not_depend_on_the_number_of_threads(ModelFamily family, OptimizerKind optimizer)
    {
        byte[][] runs = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using var scratch = new ScratchFolder();
            ToyRuns.Train(ToyRuns.Recipe(family, optimizer, steps: 5), scratch.Path, threads);
            return ToyRuns.Tensors(scratch.Path, 5);
        })];

        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Theory]
    [InlineData(ModelFamily.Llama, OptimizerKind.AdamW, 1)]
    [InlineData(ModelFamily.Llama, OptimizerKind.Muon, 1)]
    [InlineData(ModelFamily.Llama, OptimizerKind.Muon, 3)]
    [InlineData(ModelFamily.Gpt2, OptimizerKind.AdamW, 3)]
    public void Twenty_steps_equal_ten_and_ten_more_after_resuming_to_the_bit(ModelFamily family, OptimizerKind optimizer, int passes)
    {
        using var whole = new ScratchFolder();
        using var parts = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(family, optimizer, steps: 20, passes);
        using var cancellation = new CancellationTokenSource();
        var firstSitting = new RecordingObserver { AfterStep = step => CancelAt(10, step, cancellation) };

        RecordingObserver uninterrupted = ToyRuns.Train(recipe, whole.Path);
        ToyRuns.Train(recipe, parts.Path, cancellation: cancellation, observer: firstSitting);
        RecordingObserver secondSitting = ToyRuns.Train(recipe, parts.Path);

        Assert.Equal(10, firstSitting.Steps.Count);
        Assert.Equal(10, secondSitting.Starts[0].ResumedAtStep);
        Assert.Equal(uninterrupted.Steps.Select(s => s.Loss), firstSitting.Steps.Concat(secondSitting.Steps).Select(s => s.Loss));
        Assert.Equal(uninterrupted.Steps.Select(s => s.LearningRate), firstSitting.Steps.Concat(secondSitting.Steps).Select(s => s.LearningRate));
        Assert.Equal(ToyRuns.Tensors(whole.Path, 20), ToyRuns.Tensors(parts.Path, 20));
    }

    [Fact]
    public void Metrics_hold_one_line_a_step_also_after_resuming_from_an_older_checkpoint()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 20, checkpointEvery: 8);
        using var cancellation = new CancellationTokenSource();
        ToyRuns.Train(recipe, scratch.Path, cancellation: cancellation, observer: new RecordingObserver { AfterStep = s => CancelAt(11, s, cancellation) });
        Directory.Delete(Path.Combine(scratch.Path, "checkpoints", "step-11"), recursive: true); // as if killed after step 11, before its checkpoint

        RecordingObserver second = ToyRuns.Train(recipe, scratch.Path);

        Assert.Equal(8, second.Starts[0].ResumedAtStep);
        JsonElement[] lines = [.. File.ReadLines(Path.Combine(scratch.Path, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(Enumerable.Range(1, 20), lines.Select(line => line.GetProperty("step").GetInt32()));
        Assert.Equal(second.Steps[^1].Loss, lines[^1].GetProperty("loss").GetDouble());
        Assert.Equal(TrainingFlop.Convention, lines[^1].GetProperty("flopConvention").GetString());
        Assert.Equal([10, 20], lines.Where(line => line.TryGetProperty("bitsPerByte", out _)).Select(line => line.GetProperty("step").GetInt32()));
        Assert.Equal(64 * 20, lines[^1].GetProperty("tokens").GetInt64());
    }

    [Fact]
    public void A_summary_tells_how_the_run_ended()
    {
        using var scratch = new ScratchFolder();
        using var cancellation = new CancellationTokenSource();
        Recipe recipe = ToyRuns.Recipe(steps: 12);

        ToyRuns.Train(recipe, scratch.Path, cancellation: cancellation, observer: new RecordingObserver { AfterStep = s => CancelAt(5, s, cancellation) });
        RunSummary cancelled = RunSummary.TryRead(scratch.Path)!;
        ToyRuns.Train(recipe, scratch.Path);
        RunSummary completed = RunSummary.TryRead(scratch.Path)!;

        Assert.Equal((RunStatus.Cancelled, 5L), (cancelled.Status, cancelled.Steps));
        Assert.Equal((RunStatus.Completed, 12L), (completed.Status, completed.Steps));
        Assert.NotNull(completed.BitsPerByte);
        Assert.Equal(RecipeJson.Digest(recipe), completed.RecipeDigest);
    }

    [Fact]
    public void Bits_per_byte_count_text_only()
    {
        using var scratch = new ScratchFolder();
        RandomRows rows = ToyRuns.Rows();
        var ids = new int[16];
        var targets = new int[16];
        long bytes = 0;
        for (int row = 0; row < 5; row++)
        {
            rows.ReadRow(DataSplit.HeldOut, row, ids, targets);
            foreach (int target in targets.Where(t => t >= 0))
            {
                bytes += rows.TokenByteLengths[target];
            }
        }

        EvaluationMetrics evaluation = ToyRuns.Train(ToyRuns.Recipe(steps: 1), scratch.Path).Evaluations[^1];

        Assert.Equal(bytes, evaluation.TextBytes);
        Assert.Equal(5 * 15, evaluation.Targets);
        Assert.InRange(evaluation.BitsPerByte!.Value, 0.9 * evaluation.Loss * 75 / Math.Log(2) / bytes, evaluation.Loss * 75 / Math.Log(2) / bytes);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var backend = new CpuBackend(threads: 2);
        Recipe recipe = ToyRuns.Recipe(passes: 2);
        RandomRows rows = ToyRuns.Rows();
        var table = new ParameterTable(recipe.Model.ToConfig(ToyRuns.Vocabulary));
        using var step = new TrainingStep(backend, table, recipe.Batch, recipe.Optimizer, recipe.Model.ContextLength);
        ParameterInitializer.Fill(backend, table, step.Buffers.Parameters, seed: 1);
        for (int start = 0; start < step.Ids.Length; start += 16)
        {
            rows.ReadRow(DataSplit.Train, start / 16, step.Ids.AsSpan(start, 16), step.Targets.AsSpan(start, 16));
        }

        for (int i = 1; i <= 3; i++)
        {
            step.Run(1, i);
        }

        ThreadAllocations counted = ThreadAllocations.Start();
        for (int i = 4; i <= 8; i++)
        {
            step.Run(1, i);
        }

        Assert.Equal(0, counted.Bytes);
    }

    [Fact]
    public void A_step_that_is_not_a_number_stops_the_run_and_spoils_nothing()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 20, checkpointEvery: 5);
        recipe = recipe with { Optimizer = recipe.Optimizer with { LearningRate = 9.9, ClipNorm = 0, Beta1 = 0, Beta2 = 0, Epsilon = 1e-30, WeightDecay = 10 } };

        TrainingException error = Assert.Throws<TrainingException>(() => ToyRuns.Train(recipe, scratch.Path));

        Assert.Contains("The parameters were left as they were. Lower the learning rate, or set optimizer.onNonFinite to skip", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Failed, RunSummary.TryRead(scratch.Path)!.Status);
    }

    [Fact]
    public void Refuses_a_second_process_in_the_same_run_directory()
    {
        using var scratch = new ScratchFolder();
        using RunDirectory held = RunDirectory.Open(scratch.Path);

        RunDirectoryInUseException error = Assert.Throws<RunDirectoryInUseException>(() => RunDirectory.Open(scratch.Path));

        Assert.Equal(
            $"The run directory {scratch.Path} is in use by process {Environment.ProcessId}. Wait for it, stop it, or choose another directory.", error.Message);
    }

    [Fact]
    public void Refuses_data_that_does_not_fit_the_recipe()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe();
        recipe = recipe with { Model = recipe.Model with { VocabularySize = 40 } };

        TrainingException error = Assert.Throws<TrainingException>(() => ToyRuns.Train(recipe, scratch.Path, data: new RandomRows(contextLength: 32, 48)));

        Assert.Equal(
            "The recipe cannot be run: model.vocabularySize is 40, but the data's tokenizer has 48 ids. "
            + "model.contextLength is 16, but the data's rows have 32 tokens. Prepare the data for this length. "
            + "batch.tokens (64) is not a multiple of batch.rows × the data's row length (4 × 32 = 128).",
            error.Message);
    }

    [Fact]
    public void Samples_are_due_by_steps()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 7);

        RecordingObserver run = ToyRuns.Train(recipe with { Samples = new SampleRecipe { EverySteps = 3 } }, scratch.Path);

        Assert.Equal([3, 6], run.Samples);
    }

    [Fact]
    public void A_run_with_a_time_budget_ends_within_it_and_anneals()
    {
        using var scratch = new ScratchFolder();
        using var backend = new CpuBackend(threads: 2);
        var clock = new ManualClock();
        Recipe recipe = ToyRuns.Recipe() with { Duration = new DurationRecipe { Minutes = 1 } };
        var observer = new RecordingObserver { AfterStep = _ => clock.Advance(TimeSpan.FromSeconds(1)) };
        using var trainer = new Trainer(
            backend, recipe, ToyRuns.Rows(), new TrainerOptions { RunDirectory = scratch.Path, Time = clock, PeakFlopPerSecond = 1e9 }, observer);

        TrainingResult result = trainer.Run(TestContext.Current.CancellationToken);

        Assert.True(result.Completed);
        Assert.InRange(result.ElapsedSeconds, 54, 60);
        Assert.Equal(result.Steps, observer.Steps[^1].PlannedSteps);
        Assert.InRange(observer.Steps[^1].LearningRate, 1e-9, 0.1 * recipe.Optimizer.LearningRate);
        Assert.Equal(result.ElapsedSeconds * 1e9 * 0.33, result.FlopByTime);
        Assert.StartsWith("The time budget of 1 minutes makes ", observer.Notices[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Sittings_add_up_what_each_held_of_the_machine_and_could_have_done()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 12);

        Sit(recipe, scratch.Path, threads: 1, peak: 1e9, until: 5); // five seconds on a quarter of the machine
        Sit(recipe, scratch.Path, threads: 2, peak: 3e9, until: 12); // seven on a half

        RunSummary summary = RunSummary.TryRead(scratch.Path)!;
        Assert.Equal((5 * 0.25) + (7 * 0.5), summary.DeviceSeconds!.Value, 1e-9);
        Assert.Equal(26e9, summary.PeakFlop!.Value, 1);
        JsonElement last = JsonDocument.Parse(File.ReadLines(Path.Combine(scratch.Path, "metrics.jsonl")).Last()).RootElement;
        Assert.True(last.GetProperty("deviceSeconds").GetDouble() <= summary.DeviceSeconds);
        Assert.Equal(DateTimeOffset.UnixEpoch.Year, last.GetProperty("at").GetDateTimeOffset().Year);
    }

    [Fact]
    public void A_sitting_whose_peak_is_not_known_leaves_the_sum_not_known()
    {
        using var scratch = new ScratchFolder();
        Recipe recipe = ToyRuns.Recipe(steps: 12);
        Sit(recipe, scratch.Path, threads: 1, peak: null, until: 5);
        TrainingResult result = Sit(recipe, scratch.Path, threads: 1, peak: 1e9, until: 12);
        Assert.Null(RunSummary.TryRead(scratch.Path)!.PeakFlop);
        Assert.Null(result.FlopByTime);
    }

    /// <summary>A sitting of a run on some threads of a machine of four, a second a step.</summary>
    private static TrainingResult Sit(Recipe recipe, string folder, int threads, double? peak, long until)
    {
        using var backend = new CpuBackend(threads);
        using var cancellation = new CancellationTokenSource();
        var clock = new ManualClock();
        var observer = new RecordingObserver
        {
            AfterStep = s =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                CancelAt(until, s, cancellation);
            },
        };
        var options = new TrainerOptions { RunDirectory = folder, Time = clock, PeakFlopPerSecond = peak, MachineThreads = 4 };
        using var trainer = new Trainer(backend, recipe, ToyRuns.Rows(), options, observer);
        return trainer.Run(cancellation.Token);
    }

    private static void CancelAt(long wanted, StepMetrics step, CancellationTokenSource cancellation)
    {
        if (step.Step == wanted)
        {
            cancellation.Cancel();
        }
    }
}
