namespace Lazuli.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="LossSum">Nats over all targets.</param>
/// <param name="Targets">Targets that have a loss.</param>
/// <param name="GradientNorm">Norm of the mean gradient before clipping.</param>
internal readonly record struct StepOutcome(double LossSum, long Targets, float GradientNorm)
{
    /// <summary>Nats a target.</summary>
    public double Loss => Targets == 0 ? 0 : LossSum / Targets;

    /// <summary>Whether loss and norm are numbers; where not, the parameters were left as they were.</summary>
    public bool IsFinite => double.IsFinite(LossSum) && float.IsFinite(GradientNorm);
}
