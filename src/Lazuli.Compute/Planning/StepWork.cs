namespace Lazuli.Compute;

/// <summary>One optimizer step on one device.</summary>
/// <param name="Shape">The model.</param>
/// <param name="RowsPerPass">Sequences of a pass.</param>
/// <param name="Passes">Passes whose gradients are summed before the update.</param>
/// <param name="Optimizer">What moves the parameters.</param>
public sealed record StepWork(ModelShape Shape, int RowsPerPass, long Passes = 1, PlannedOptimizer Optimizer = PlannedOptimizer.AdamW)
{
    /// <summary>Tokens of a pass.</summary>
    public long TokensPerPass => (long)RowsPerPass * Shape.ContextLength;

    /// <summary>Tokens of the step.</summary>
    public long Tokens => TokensPerPass * Passes;

    /// <summary>FLOP of the step by the formula of <see cref="ModelShape.FlopPerToken"/>.</summary>
    public double Flop => Tokens * Shape.FlopPerToken;
}
