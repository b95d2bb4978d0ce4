namespace Lazuli.Training;

/// <summary>Everything a run carries from step to step besides parameters and moments; with them it is what exact resuming needs.</summary>
internal sealed record TrainingState
{
    /// <summary>Steps done.</summary>
    public long Step { get; init; }

    /// <summary>Tokens read by those steps.</summary>
    public long Tokens { get; init; }

    /// <summary>Rows read: the cursor into the seeded order; the epoch is this divided by the number of rows.</summary>
    public long RowsRead { get; init; }

    /// <summary>Steps that moved the parameters; AdamW's bias correction counts them.</summary>
    public long Updates { get; init; }

    /// <summary>Steps the whole run has; null while a run with a time budget has not yet been timed.</summary>
    public long? PlannedSteps { get; init; }

    /// <summary>Time spent training, over all sittings.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>Devices held × seconds, over all sittings; null where a sitting did not note it.</summary>
    public double? DeviceSeconds { get; init; } = 0;

    /// <summary>FLOP that those devices could have done in that time, by their measured peaks; null where a sitting's peak was not known.</summary>
    public double? PeakFlop { get; init; } = 0;

    /// <summary>FLOP by formula.</summary>
    public double Flop { get; init; }

    /// <summary>Energy used; measured or estimated as the metrics say.</summary>
    public double EnergyJoules { get; init; }

    /// <summary>Steps passed over in a row because something was not a number.</summary>
    public int SkippedInARow { get; init; }

    /// <summary>Last held-out loss in nats a target, where there was an evaluation.</summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>Lowest held-out loss among checkpoints.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The checkpoint that has it.</summary>
    public long? BestStep { get; init; }

    /// <summary>Length of metrics.jsonl at this step; what a killed run wrote beyond is cut off when it resumes.</summary>
    public long MetricsBytes { get; init; }
}
