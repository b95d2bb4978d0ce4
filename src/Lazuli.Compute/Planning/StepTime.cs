namespace Lazuli.Compute;

/// <summary>Predicted seconds of one optimizer step, by what they are spent on.</summary>
/// <param name="Forward">Blocks, forward.</param>
/// <param name="Head">Head, loss and their gradients.</param>
/// <param name="Backward">Blocks, backward.</param>
/// <param name="Optimizer">Zeroing, norm, clipping and update.</param>
/// <param name="Starts">Starting and joining operators, wherever they are.</param>
public sealed record StepTime(double Forward, double Head, double Backward, double Optimizer, double Starts)
{
    /// <summary>The whole step.</summary>
    public double Seconds => Forward + Head + Backward + Optimizer + Starts;
}
