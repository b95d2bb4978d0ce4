namespace Lazuli.Contracts;

/// <summary>What an invoice says; never changed once finalised.</summary>
public sealed record InvoiceDocument
{
    /// <summary>Which document.</summary>
    public required InvoiceKind Kind { get; init; }

    /// <summary>The issuer's next number, without gaps, e.g. <c>partner-000001</c>; empty for a draft.</summary>
    public required string Number { get; init; }

    /// <summary>Who sells.</summary>
    public required InvoiceParty Issuer { get; init; }

    /// <summary>Who pays.</summary>
    public required InvoiceParty Customer { get; init; }

    /// <summary>Of all its amounts.</summary>
    public required Currency Currency { get; init; }

    /// <summary>First instant of the service period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Use recorded later is not on it.</summary>
    public required DateTimeOffset Cutoff { get; init; }

    /// <summary>When it may be issued.</summary>
    public required DateTimeOffset InvoiceAt { get; init; }

    /// <summary>When it was issued; null for a draft.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When it is to be paid; null for a draft.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Days from issue to the due date.</summary>
    public required int PaymentDays { get; init; }

    /// <summary>Number of the invoice that a credit note takes back; null for none.</summary>
    public string? Credits { get; init; }

    /// <summary>Why, for a credit note that takes an invoice back.</summary>
    public string? Reason { get; init; }

    /// <summary>Lines.</summary>
    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    /// <summary>Taxes.</summary>
    public required IReadOnlyList<InvoiceTax> Taxes { get; init; }

    /// <summary>Sum of the lines.</summary>
    public required long NetNanos { get; init; }

    /// <summary>Net and taxes: what is to be paid.</summary>
    public required long TotalNanos { get; init; }

    /// <summary>What is to be paid.</summary>
    public Money TotalOf() => new(TotalNanos, Currency);
}
