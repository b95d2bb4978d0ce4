namespace Lazuli.Contracts;

/// <summary>What a line is about.</summary>
public enum InvoiceLineKind
{
    /// <summary>Use in the period.</summary>
    Usage,

    /// <summary>A fixed amount a period.</summary>
    Fee,

    /// <summary>Use of an earlier period that came late, or its new price where it passes a tier.</summary>
    Correction,

    /// <summary>Credit that was used up.</summary>
    Credit,
}
