namespace Lazuli.Compute;

/// <summary>What a doubling every 3.43 months, and Moore's law, foretold for today, beside the largest training known.</summary>
public sealed record TrendProspect
{
    /// <summary>Where the 3.43-month line is carried on from: the last record of "AI and Compute".</summary>
    public required ComputeEstimate From { get; init; }

    /// <summary>Where Moore's law begins.</summary>
    public required ComputeEstimate MooreFrom { get; init; }

    /// <summary>The largest training in the tables shown.</summary>
    public required ComputeEstimate Largest { get; init; }

    /// <summary>The table that <see cref="Largest"/> is from.</summary>
    public required string LargestFrom { get; init; }

    /// <summary>FLOP that 3.43 months foretold for today.</summary>
    public required double ForetoldToday { get; init; }

    /// <summary>FLOP that 3.43 months foretold for the day of <see cref="Largest"/>.</summary>
    public required double ForetoldThen { get; init; }

    /// <summary>FLOP today, had AlexNet's compute doubled every 24 months.</summary>
    public required double Moore24Today { get; init; }

    /// <summary>FLOP today, had AlexNet's compute doubled every 18 months.</summary>
    public required double Moore18Today { get; init; }

    /// <summary>How many times too much 3.43 months foretold for the day of <see cref="Largest"/>.</summary>
    public double MissedBy => ForetoldThen / Largest.Flop;
}
