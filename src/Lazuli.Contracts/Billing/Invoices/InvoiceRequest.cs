namespace Lazuli.Contracts;

/// <summary>What an invoice is to be about.</summary>
public sealed record InvoiceRequest
{
    /// <summary>Who sells.</summary>
    public required InvoiceParty Issuer { get; init; }

    /// <summary>Who pays.</summary>
    public required InvoiceParty Customer { get; init; }

    /// <summary>Of what; what was priced in other currencies belongs on other invoices.</summary>
    public required Currency Currency { get; init; }

    /// <summary>First instant of the service period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Use recorded later is late; on a border of metering's intervals. Null for the begin of this minute.</summary>
    public DateTimeOffset? Cutoff { get; init; }

    /// <summary>Not to be finalised before; null for the period's end.</summary>
    public DateTimeOffset? InvoiceAt { get; init; }

    /// <summary>Taxes on the net total, amounts left out.</summary>
    public IReadOnlyList<InvoiceTax> Taxes { get; init; } = [];

    /// <summary>Days from issue to the due date.</summary>
    public int PaymentDays { get; init; } = 30;
}
