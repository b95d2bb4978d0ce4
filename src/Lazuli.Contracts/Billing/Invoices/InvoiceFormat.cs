namespace Lazuli.Contracts;

/// <summary>Forms that an invoice is written in.</summary>
public enum InvoiceFormat
{
    /// <summary>Canonical JSON; of a finalised invoice the very bytes of its digest.</summary>
    Json,

    /// <summary>A row a line.</summary>
    Csv,

    /// <summary>A page to print, self-contained.</summary>
    Html,

    /// <summary>FOCUS 1.2 rows.</summary>
    Focus,
}
