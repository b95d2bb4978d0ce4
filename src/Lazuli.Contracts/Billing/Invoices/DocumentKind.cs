namespace Lazuli.Contracts;

/// <summary>Documents whose digest goes into the transparency log.</summary>
public enum DocumentKind
{
    /// <summary>A finalised invoice; one where more goes back than is to be paid, too.</summary>
    Invoice,

    /// <summary>What takes an invoice back.</summary>
    CreditNote,

    /// <summary>A royalty statement.</summary>
    RoyaltyStatement,
}
