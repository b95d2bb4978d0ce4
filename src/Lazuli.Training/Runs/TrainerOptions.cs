namespace Lazuli.Training;

/// <summary>What a run needs besides recipe and data; none of it changes what is computed.</summary>
public sealed record TrainerOptions
{
    /// <summary>Folder of the run; created where it is not there.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Where to begin.</summary>
    /// <value>Default <see cref="ResumeMode.Auto"/>.</value>
    public ResumeMode Resume { get; init; } = ResumeMode.Auto;

    /// <summary>Clock for pace, budgets and time stamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>FLOP a second this machine can do at most, for the share of the peak; null where nobody measured it.</summary>
    public double? PeakFlopPerSecond { get; init; }

    /// <summary>Processor threads of this machine: a run that takes a part of them holds that part of a device.</summary>
    /// <value>Default: as many as the system tells; at least 1.</value>
    public int MachineThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Share of the peak assumed when FLOP are told by time.</summary>
    /// <value>Default 0.33, as Amodei and Hernandez (2018) assume.</value>
    public double AssumedUtilisation { get; init; } = 0.33;
}
