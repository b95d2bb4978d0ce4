using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Runs that end in a moment, on a small language that can be learned.</summary>
internal static class ToyRuns
{
    public const int Vocabulary = 48;

    public static Recipe Recipe(
        ModelFamily family = ModelFamily.Llama, OptimizerKind optimizer = OptimizerKind.AdamW, long steps = 20, int passes = 1, int checkpointEvery = 0) => new()
    {
        Name = "toy",
        Seed = 3,
        Model = new ModelRecipe
        {
            Family = family,
            ContextLength = 16,
            Layers = 2,
            Width = 32,
            Heads = 4,
            KeyValueHeads = family == ModelFamily.Llama ? 2 : null,
            FeedForwardWidth = 48,
        },
        Batch = new BatchRecipe { Tokens = 64L * passes, Rows = 4 },
        Optimizer = new OptimizerRecipe { Kind = optimizer, LearningRate = 1e-2, MuonLearningRate = 0.02 },
        Schedule = new ScheduleRecipe { WarmupSteps = 3 },
        Duration = new DurationRecipe { Steps = steps },
        Evaluation = new EvaluationRecipe { EverySteps = 10, Rows = 5 },
        Checkpoints = new CheckpointRecipe { EverySteps = checkpointEvery, EveryMinutes = 0 },
    };

    public static RandomRows Rows() => new(contextLength: 16, Vocabulary);

    /// <summary>Trains and returns what the run told.</summary>
    public static RecordingObserver Train(
        Recipe recipe, string directory, int threads = 2, ResumeMode? resume = null, ITrainingData? data = null,
        CancellationTokenSource? cancellation = null, RecordingObserver? observer = null)
    {
        observer ??= new RecordingObserver();
        using var backend = new CpuBackend(threads);
        using var trainer = new Trainer(
            backend, recipe, data ?? Rows(), new TrainerOptions { RunDirectory = directory, Resume = resume ?? ResumeMode.Auto }, observer);
        trainer.Run(cancellation?.Token ?? CancellationToken.None);
        return observer;
    }

    /// <summary>Every byte of a checkpoint's tensors.</summary>
    public static byte[] Tensors(string runDirectory, long step)
    {
        string folder = Path.Combine(runDirectory, "checkpoints", $"step-{step}");
        return [.. Directory.GetFiles(folder, "*.f32").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
    }
}
