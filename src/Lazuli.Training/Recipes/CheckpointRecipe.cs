using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>What is saved, and how much of it is kept. The end of a run is always saved.</summary>
public sealed record CheckpointRecipe
{
    /// <summary>Steps between checkpoints; 0: none by steps.</summary>
    [Range(0, int.MaxValue)]
    public int EverySteps { get; init; }

    /// <summary>Minutes between checkpoints; 0: none by time.</summary>
    [Range(0.0, 1e6)]
    public double EveryMinutes { get; init; } = 10;

    /// <summary>Newest checkpoints kept.</summary>
    [Range(1, 1_000_000)]
    public int KeepLast { get; init; } = 2;

    /// <summary>Whether the checkpoint with the lowest held-out loss is kept too.</summary>
    public bool KeepBest { get; init; } = true;
}
