namespace Lazuli.Compute;

/// <summary>One step of n devices in data parallel, and what becomes of the time.</summary>
/// <param name="Nodes">Devices.</param>
/// <param name="BatchTokens">Tokens of a step, all devices.</param>
/// <param name="ComputeSeconds">One device's own step.</param>
/// <param name="AllReduceSeconds">The all-reduce by itself.</param>
/// <param name="ExposedSeconds">What of it does not hide behind the backward pass.</param>
/// <param name="StragglerSeconds">Waiting for the slowest.</param>
/// <param name="Goodput">Share of the time that is not lost to checkpoints, failures and restarts.</param>
/// <param name="CheckpointIntervalSeconds">By Young and Daly.</param>
/// <param name="TokenFactor">Tokens that the run needs, as a multiple of what it needs on one device.</param>
public sealed record DataParallelStep(
    int Nodes, long BatchTokens, double ComputeSeconds, double AllReduceSeconds, double ExposedSeconds, double StragglerSeconds,
    double Goodput, double CheckpointIntervalSeconds, double TokenFactor)
{
    /// <summary>Seconds of a step, failures left out.</summary>
    public double StepSeconds => ComputeSeconds + ExposedSeconds + StragglerSeconds;

    /// <summary>Tokens a second, all devices, failures counted.</summary>
    public double TokensPerSecond => BatchTokens / StepSeconds * Goodput;

    /// <summary>Progress a second: tokens a second by what a token is worth in so large a batch.</summary>
    public double UsefulTokensPerSecond => TokensPerSecond / TokenFactor;
}
