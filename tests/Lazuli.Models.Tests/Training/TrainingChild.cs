using System.Runtime.CompilerServices;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>This test program as a process that only trains, so that a test can kill it: started with a run directory in the environment, it never reaches the test runner.</summary>
internal static class TrainingChild
{
    public const string DirectoryVariable = "LAZULI_TEST_TRAIN_IN";

    /// <summary>What the child trains: a checkpoint after each step, so that most instants lie inside the writing of one.</summary>
    public static Recipe Recipe { get; } = Frequent(ToyRuns.Recipe(steps: 150, checkpointEvery: 1));

#pragma warning disable CA2255 // the program is ours from Main on; this runs before the test runner's
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void TrainIfAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } directory)
        {
            var observer = new RecordingObserver { AfterStep = s => Console.Out.WriteLine($"step {s.Step}"), AfterCheckpoint = s => Console.Out.WriteLine($"saved {s}") };
            ToyRuns.Train(Recipe, directory, threads: 1, observer: observer);
            Environment.Exit(0);
        }
    }

    private static Recipe Frequent(Recipe recipe) => recipe with { Evaluation = recipe.Evaluation with { EverySteps = 7 } };
}
