namespace Lazuli.Compute;

/// <summary>Optimizers whose time the planner knows; named as in a recipe.</summary>
public enum PlannedOptimizer
{
    /// <summary>AdamW on everything.</summary>
    AdamW,

    /// <summary>Muon on the blocks' matrices, AdamW on the rest.</summary>
    Muon,
}
