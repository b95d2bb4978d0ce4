namespace Lazuli.Contracts;

/// <summary>Invoices from draft to payment. Thread-safe.</summary>
public interface IInvoices
{
    /// <summary>Gathers and rates a period's use and keeps it as a draft; an earlier draft of the same issuer, customer, currency and period is replaced.</summary>
    /// <exception cref="BillingRefusedException">An invoice that stands covers some of the period, a price version is unknown, or the request contradicts itself.</exception>
    Task<Invoice> DraftAsync(InvoiceRequest request, CancellationToken cancellationToken);

    /// <summary>Numbers a draft, books it and its royalties, and freezes it, all or nothing. A finalised one is answered as it is.</summary>
    /// <exception cref="BillingRefusedException">The period is not complete, it is too early, or metering says something else than the draft.</exception>
    Task<Invoice> FinaliseAsync(InvoiceId id, CancellationToken cancellationToken);

    /// <summary>Books a payment; the same reference again changes nothing. Below zero: money given back on a credit note.</summary>
    /// <exception cref="BillingRefusedException">More than is open, another currency, or nothing can be paid in its state.</exception>
    Task<Invoice> PayAsync(InvoiceId id, Money amount, string reference, CancellationToken cancellationToken);

    /// <summary>Gives up what is open.</summary>
    Task<Invoice> WriteOffAsync(InvoiceId id, string reason, CancellationToken cancellationToken);

    /// <summary>Takes back an invoice of which nothing is paid, by a credit note, which is answered; its use may be invoiced again.</summary>
    Task<Invoice> VoidAsync(InvoiceId id, string reason, CancellationToken cancellationToken);

    /// <summary>By id or, once finalised, by number; null when there is none.</summary>
    Task<Invoice?> FindAsync(string idOrNumber, CancellationToken cancellationToken);

    /// <summary>Invoices that an issuer wrote and a customer got, newest first; null for all.</summary>
    Task<IReadOnlyList<Invoice>> ListAsync(PartyId? issuer, PartyId? customer, CancellationToken cancellationToken);

    /// <summary>Writes an invoice in a form.</summary>
    string Export(Invoice invoice, InvoiceFormat format);
}
