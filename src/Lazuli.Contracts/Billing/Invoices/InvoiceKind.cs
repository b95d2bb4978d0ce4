namespace Lazuli.Contracts;

/// <summary>Which document it is.</summary>
public enum InvoiceKind
{
    /// <summary>Something is to be paid.</summary>
    Invoice,

    /// <summary>Something is given back: an invoice voided, or corrections above what was used.</summary>
    CreditNote,
}
