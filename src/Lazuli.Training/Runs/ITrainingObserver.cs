namespace Lazuli.Training;

/// <summary>Hears what a run does, on the run's own thread between steps: what it does slowly, the run waits for.</summary>
public interface ITrainingObserver
{
    /// <summary>The run is about to begin or go on.</summary>
    void OnStarted(TrainingStart start);

    /// <summary>A step is done.</summary>
    void OnStep(in StepMetrics metrics);

    /// <summary>Held-out rows were evaluated.</summary>
    void OnEvaluation(in EvaluationMetrics metrics);

    /// <summary>A checkpoint is durable.</summary>
    void OnCheckpoint(long step, string directory);

    /// <summary>The recipe asks for samples now; load the snapshot into an inference engine and generate.</summary>
    void OnSampleDue(ModelSnapshot snapshot);

    /// <summary>Something the reader should know: a damaged checkpoint passed over, another tier, a new plan.</summary>
    void OnNotice(string text);
}
