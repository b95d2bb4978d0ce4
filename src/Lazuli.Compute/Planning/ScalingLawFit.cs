namespace Lazuli.Compute;

/// <summary>A law fitted to runs, and how good the fit is.</summary>
/// <param name="Law">The law.</param>
/// <param name="Runs">Runs it was fitted to.</param>
/// <param name="DistinctPoints">Distinct pairs of parameters and tokens among them.</param>
/// <param name="FreeExponents">Whether the exponents were fitted too; otherwise they are the published ones.</param>
/// <param name="RootMeanSquareError">Root mean square of log loss minus log prediction: a relative error.</param>
/// <param name="LargestError">Largest of those, without sign.</param>
/// <param name="RSquared">Share of the variance of log loss that the law explains.</param>
public sealed record ScalingLawFit(ScalingLaw Law, int Runs, int DistinctPoints, bool FreeExponents, double RootMeanSquareError, double LargestError, double RSquared);
