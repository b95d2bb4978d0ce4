using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A row of invoices.</summary>
internal sealed class StoredInvoice
{
    public string Id { get; init; } = "";

    public string State { get; init; } = "";

    public string? Number { get; init; }

    public string? DueAt { get; init; }

    public string PeriodFrom { get; init; } = "";

    public string PeriodUntil { get; init; } = "";

    public long Paid { get; init; }

    public string? Credits { get; init; }

    public string Document { get; init; } = "";

    public string Digest { get; init; } = "";

    /// <summary>Whether it stands: finalised, and neither voided nor a credit note about a voided one.</summary>
    public bool Stands => ParsedState is not (InvoiceState.Draft or InvoiceState.Voided) && Credits is null;

    public InvoiceState ParsedState => Enum.Parse<InvoiceState>(State);

    /// <summary>The invoice; overdue where it is open and its due date is past.</summary>
    public Invoice ToInvoice(DateTimeOffset now)
    {
        InvoiceState state = ParsedState;
        if (state is InvoiceState.Finalised or InvoiceState.PartPaid && DueAt is { } due && StoredTime.Parse(due) < now)
        {
            state = InvoiceState.Overdue;
        }

        return new Invoice(new InvoiceId(Id), state, MoneyJson.Parse<InvoiceDocument>(Document), Digest, Paid);
    }
}
