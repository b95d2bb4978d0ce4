namespace Lazuli.Contracts;

/// <summary>What a pledge is a share of.</summary>
public enum PledgeBase
{
    /// <summary>Net amounts of the pledger's invoices about the period.</summary>
    Revenue,

    /// <summary>Cost of the compute that the pledger used in the period.</summary>
    Compute,
}
