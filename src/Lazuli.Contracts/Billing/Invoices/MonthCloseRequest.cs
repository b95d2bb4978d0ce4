namespace Lazuli.Contracts;

/// <summary>What is to be closed.</summary>
public sealed record MonthCloseRequest
{
    /// <summary>Who sells.</summary>
    public required InvoiceParty Issuer { get; init; }

    /// <summary>Of which invoices.</summary>
    public required Currency Currency { get; init; }

    /// <summary>First instant of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>A customer as it is printed.</summary>
    public required Func<PartyId, InvoiceParty> CustomerOf { get; init; }

    /// <summary>Taxes on the net total, amounts left out.</summary>
    public IReadOnlyList<InvoiceTax> Taxes { get; init; } = [];

    /// <summary>Days from issue to the due date.</summary>
    public int PaymentDays { get; init; } = 30;
}
