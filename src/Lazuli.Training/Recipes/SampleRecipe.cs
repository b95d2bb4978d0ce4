using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>Text generated during the run, for the reader; does not change what is computed.</summary>
public sealed record SampleRecipe
{
    /// <summary>Steps between samples; 0: none by steps.</summary>
    [Range(0, int.MaxValue)]
    public int EverySteps { get; init; }

    /// <summary>Seconds between samples; 0: none by time.</summary>
    [Range(0.0, 1e6)]
    public double EverySeconds { get; init; }

    /// <summary>What to answer or continue.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];
}
