using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Keeps what a run told.</summary>
internal sealed class RecordingObserver : ITrainingObserver
{
    public List<TrainingStart> Starts { get; } = [];

    public List<StepMetrics> Steps { get; } = [];

    public List<EvaluationMetrics> Evaluations { get; } = [];

    public List<long> Checkpoints { get; } = [];

    public List<long> Samples { get; } = [];

    public List<string> Notices { get; } = [];

    /// <summary>Runs after each step.</summary>
    public Action<StepMetrics>? AfterStep { get; init; }

    /// <summary>Runs when a checkpoint is durable.</summary>
    public Action<long>? AfterCheckpoint { get; init; }

    public void OnStarted(TrainingStart start) => Starts.Add(start);

    public void OnStep(in StepMetrics metrics)
    {
        Steps.Add(metrics);
        AfterStep?.Invoke(metrics);
    }

    public void OnEvaluation(in EvaluationMetrics metrics) => Evaluations.Add(metrics);

    public void OnCheckpoint(long step, string directory)
    {
        Checkpoints.Add(step);
        AfterCheckpoint?.Invoke(step);
    }

    public void OnSampleDue(ModelSnapshot snapshot) => Samples.Add(snapshot.Step);

    public void OnNotice(string text) => Notices.Add(text);
}
