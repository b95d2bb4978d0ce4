using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>The learning rate over the run, as a share of its highest value.</summary>
public sealed record ScheduleRecipe
{
    /// <summary>Its form.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Wsd;

    /// <summary>Steps in which the rate rises linearly to its highest value.</summary>
    [Range(0, 1_000_000_000)]
    public int WarmupSteps { get; init; }

    /// <summary>Share of the run at its end in which a WSD rate falls.</summary>
    [Range(0.0, 1.0)]
    public double DecayFraction { get; init; } = 0.2;

    /// <summary>How a WSD rate falls.</summary>
    public DecayShape DecayShape { get; init; } = DecayShape.Sqrt;

    /// <summary>Where the rate ends, as a share of its highest value.</summary>
    [Range(0.0, 1.0)]
    public double Floor { get; init; }
}
