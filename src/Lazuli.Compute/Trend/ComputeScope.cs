namespace Lazuli.Compute;

/// <summary>What a table counts as training compute. Estimates of different scope are different quantities: no line joins them.</summary>
public enum ComputeScope
{
    /// <summary>Nobody said what was counted.</summary>
    Unknown,

    /// <summary>The training of the network itself.</summary>
    Direct,

    /// <summary>Also what made its examples: self-play games, synthetic data, searched architectures.</summary>
    IncludingGeneration,
}
