namespace Lazuli.Contracts;

/// <summary>What is committed.</summary>
public enum CapitalKind
{
    /// <summary>Money.</summary>
    Cash,

    /// <summary>Compute, at its price.</summary>
    ComputeCredit,
}
