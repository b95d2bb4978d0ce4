namespace Lazuli.Compute;

/// <summary>What a forecast over many devices assumes.</summary>
public sealed record DataParallelAssumptions
{
    /// <summary>Share of the backward pass behind which the all-reduce can hide.</summary>
    /// <value>0.7: gradients of later layers travel while earlier ones are computed.</value>
    public double OverlapShare { get; init; } = 0.7;

    /// <summary>Standard deviation of a device's step time, as a share: the slowest of n sets the pace.</summary>
    public double StepJitter { get; init; } = 0.02;

    /// <summary>Mean hours between failures of one device that stop the whole run.</summary>
    /// <value>50,700: 419 unexpected interruptions in 54 days of 16,384 devices (Llama 3, Grattafiori et al. 2024, table 5).</value>
    public double HoursBetweenFailures { get; init; } = 50_700;

    /// <summary>Bytes a second at which all devices of a run together write a checkpoint, for each device, up to <see cref="StorageBytesPerSecond"/>.</summary>
    public double CheckpointBytesPerSecondPerDevice { get; init; } = 1e9;

    /// <summary>Bytes a second that the storage takes from all devices.</summary>
    public double StorageBytesPerSecond { get; init; } = 1e12;

    /// <summary>Minutes from a failure to the first new step.</summary>
    public double RestartMinutes { get; init; } = 10;

    /// <summary>In words, a line an assumption.</summary>
    public IReadOnlyList<string> Describe() =>
    [
        "a node is one device and one data-parallel rank; every rank holds the whole model",
        "all-reduce: a ring, 2(n−1)/n of the gradients' bytes over the slowest link plus 2(n−1) hops of its latency; devices of one host use its inner link, more use the network",
        FormattableString.Invariant($"overlap: the all-reduce hides behind {OverlapShare * 100:0} % of the backward pass"),
        FormattableString.Invariant($"stragglers: step times of devices vary by {StepJitter * 100:0} % (one standard deviation), the slowest of n sets the pace: 1 + σ·√(2·ln n)"),
        FormattableString.Invariant($"failures: one in {HoursBetweenFailures:N0} device-hours stops the run (Llama 3: 419 in 54 days of 16,384 devices); {RestartMinutes:0} minutes to restart"),
        FormattableString.Invariant($"checkpoints: 16 bytes a parameter at {CheckpointBytesPerSecondPerDevice / 1e9:0.#} GB/s a device, at most {StorageBytesPerSecond / 1e12:0.#} TB/s; interval by Young (1974) and Daly (2006): √(2 · write time · mean time between failures)"),
        "batch: doubled from the planned one as long as progress a second grows, up to the critical batch B_crit = 2e8/L^(1/0.21) tokens, and at least a row a device; a larger batch needs (1 + B/B_crit)/(1 + B₁/B_crit) times the tokens, B₁ the planned one",
    ];
}
