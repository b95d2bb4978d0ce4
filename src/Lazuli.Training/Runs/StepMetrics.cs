namespace Lazuli.Training;

/// <summary>What one step did: a line of <c>metrics.jsonl</c>.</summary>
public readonly record struct StepMetrics
{
    /// <summary>Number of the step, from 1.</summary>
    public long Step { get; init; }

    /// <summary>Steps of the whole run; null while it is not yet known.</summary>
    public long? PlannedSteps { get; init; }

    /// <summary>When the step ended, UTC: what tells in which month its work was done.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Tokens read so far.</summary>
    public long Tokens { get; init; }

    /// <summary>Nats a target, over this step's batch, before its update.</summary>
    public double Loss { get; init; }

    /// <summary>Learning rate of AdamW used by this step.</summary>
    public double LearningRate { get; init; }

    /// <summary>Norm of the gradient before clipping.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Whether the step was passed over because something was not a number.</summary>
    public bool Skipped { get; init; }

    /// <summary>Tokens a second of this step.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>FLOP so far, by formula.</summary>
    public double Flop { get; init; }

    /// <summary>Share of the peak reached by this step; null where the peak is not known. Convention: <see cref="TrainingFlop.Convention"/>.</summary>
    public double? PeakShare { get; init; }

    /// <summary>Seconds of training so far, over all sittings.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>Devices held × seconds so far; a device is a machine's processor, and some of its threads are that part of it.</summary>
    public double? DeviceSeconds { get; init; }

    /// <summary>FLOP that those devices could have done in that time; null where a peak is not known.</summary>
    public double? PeakFlop { get; init; }

    /// <summary>Joules so far; see <see cref="EnergyMeter.Source"/> for how they are known.</summary>
    public double EnergyJoules { get; init; }
}
