namespace Lazuli.Compute;

/// <summary>How sure the table's authors are of a value.</summary>
public enum EstimateConfidence
{
    /// <summary>The table does not say.</summary>
    Unknown,

    /// <summary>Good evidence.</summary>
    Confident,

    /// <summary>Some evidence.</summary>
    Likely,

    /// <summary>Little evidence.</summary>
    Speculative,
}
