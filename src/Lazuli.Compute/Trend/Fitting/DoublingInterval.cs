namespace Lazuli.Compute;

/// <summary>Doubling times at three quantiles of the bootstrap, in months. Infinity stands where a resampled slope is not above zero: no growth.</summary>
/// <param name="Low">At 2.5 %: the fastest plausible growth.</param>
/// <param name="Median">At 50 %.</param>
/// <param name="High">At 97.5 %: the slowest.</param>
/// <param name="Resamples">Resamples used: those with fewer than three distinct points are left out.</param>
public sealed record DoublingInterval(double Low, double Median, double High, int Resamples);
