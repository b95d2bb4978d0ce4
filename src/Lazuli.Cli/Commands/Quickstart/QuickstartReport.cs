namespace Lazuli.Cli;

/// <summary>What the quickstart measured; kept beside its run and shown again when the model is served later.</summary>
internal sealed record QuickstartReport
{
    public IReadOnlyList<JudgedAnswerer> Answerers { get; init; } = [];

    /// <summary>Some held-out questions, the first of the list, with the model's answers.</summary>
    public IReadOnlyList<AnsweredQuestion> Examples { get; init; } = [];

    /// <summary>Held-out questions asked.</summary>
    public int Questions { get; init; }

    public long Parameters { get; init; }

    public long Steps { get; init; }

    public long Tokens { get; init; }

    /// <summary>By operation count.</summary>
    public double Flop { get; init; }

    public string FlopConvention { get; init; } = string.Empty;

    /// <summary>By time and assumed utilisation; null where the peak was not known.</summary>
    public double? FlopByTime { get; init; }

    public double AssumedUtilisation { get; init; }

    public double PetaflopDays { get; init; }

    /// <summary>The run on the chart of training compute since 1957; null where it could not be written.</summary>
    public string? ChartFile { get; init; }

    public double TrainingSeconds { get; init; }

    public double EnergyJoules { get; init; }

    public string EnergySource { get; init; } = string.Empty;

    /// <summary>From the command's beginning to this report.</summary>
    public double Seconds { get; init; }
}
