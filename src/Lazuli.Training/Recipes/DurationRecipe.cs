using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>When a run ends: exactly one of steps, tokens, minutes.</summary>
public sealed record DurationRecipe
{
    /// <summary>Optimizer steps.</summary>
    [Range(1L, long.MaxValue)]
    public long? Steps { get; init; }

    /// <summary>Tokens seen; rounded up to whole steps.</summary>
    [Range(1L, long.MaxValue)]
    public long? Tokens { get; init; }

    /// <summary>Minutes of training on this machine. The first steps are timed, then the number of steps is fixed, so that the rate still anneals.</summary>
    [Range(0.01, 1e7)]
    public double? Minutes { get; init; }
}
