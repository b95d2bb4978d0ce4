namespace Lazuli.Compute;

/// <summary>A run to train: what, how long, what to expect, what it takes.</summary>
public sealed record TrainingPlan
{
    /// <summary>The device.</summary>
    public required HardwareProfile Hardware { get; init; }

    /// <summary>Devices.</summary>
    public required int Nodes { get; init; }

    /// <summary>The model.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Tokens of a step, all devices.</summary>
    public required long BatchTokens { get; init; }

    /// <summary>Sequences of a pass on a device.</summary>
    public required int RowsPerPass { get; init; }

    /// <summary>Optimizer steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Peak learning rate of AdamW.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Steps of warm-up.</summary>
    public required int WarmupSteps { get; init; }

    /// <summary>Expected held-out loss, nats a token.</summary>
    public required double Loss { get; init; }

    /// <summary>Lower end of the 95 % interval of the loss.</summary>
    public required double LossLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double LossHigh { get; init; }

    /// <summary>One step of all devices.</summary>
    public required DataParallelStep Step { get; init; }

    /// <summary>Seconds of evaluations over the run.</summary>
    public required double EvaluationSeconds { get; init; }

    /// <summary>Bytes of memory that training needs on a device.</summary>
    public required double MemoryBytes { get; init; }

    /// <summary>Watt-hours; null where the profile has no power.</summary>
    public required double? EnergyWattHours { get; init; }

    /// <summary>Cost; null where no price is known.</summary>
    public required decimal? Cost { get; init; }

    /// <summary>Its currency.</summary>
    public required string Currency { get; init; }

    /// <summary>Smaller and larger models for the same budget, by size; this plan's among them.</summary>
    public required IReadOnlyList<PlanAlternative> Alternatives { get; init; }

    /// <summary>What the reader must know to judge the figures.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Tokens trained on.</summary>
    public long Tokens => Steps * BatchTokens;

    /// <summary>FLOP by operation count.</summary>
    public double Flop => Tokens * Shape.FlopPerToken;

    /// <summary>Seconds of the run: steps, evaluations, and what failures cost. Preparing data is not in it.</summary>
    public double Seconds => ((Steps * Step.StepSeconds) + EvaluationSeconds) / Step.Goodput;

    /// <summary>Predicted share of the devices' peak: FLOP by operation count ÷ (step seconds × peak).</summary>
    public double PeakShare => BatchTokens * Shape.FlopPerToken / (Step.StepSeconds * Nodes * Hardware.TrainingPeak);
}
