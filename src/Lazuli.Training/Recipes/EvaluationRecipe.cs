using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>Loss on held-out rows during the run. The last step is always evaluated where there are held-out rows.</summary>
public sealed record EvaluationRecipe
{
    /// <summary>Steps between evaluations; 0: only at the end.</summary>
    [Range(0, int.MaxValue)]
    public int EverySteps { get; init; }

    /// <summary>Most held-out rows read at once; the same ones each time.</summary>
    [Range(1, int.MaxValue)]
    public int Rows { get; init; } = 64;

    /// <summary>Whether the untrained model is evaluated too.</summary>
    public bool AtStart { get; init; }
}
