namespace Lazuli.Contracts;

/// <summary>Where an invoice is in its life.</summary>
public enum InvoiceState
{
    /// <summary>Rated, without a number; may be drafted again.</summary>
    Draft,

    /// <summary>Numbered and unchangeable; nothing is paid.</summary>
    Finalised,

    /// <summary>Part of it is paid.</summary>
    PartPaid,

    /// <summary>All of it is paid, or nothing was owed.</summary>
    Paid,

    /// <summary>Not all of it is paid and the due date is past.</summary>
    Overdue,

    /// <summary>Given up.</summary>
    WrittenOff,

    /// <summary>Taken back by a credit note.</summary>
    Voided,
}
