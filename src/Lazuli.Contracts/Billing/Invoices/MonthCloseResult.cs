namespace Lazuli.Contracts;

/// <summary>What came of closing a period.</summary>
/// <param name="Invoices">Issued now or before, by customer.</param>
/// <param name="Refused">Customers without an invoice, and why; close again when that is put right.</param>
public sealed record MonthCloseResult(IReadOnlyList<ClosedInvoice> Invoices, IReadOnlyList<RefusedInvoice> Refused);

/// <summary>An invoice of a closed period; <see cref="IInvoices.FindAsync"/> has the rest.</summary>
/// <param name="Customer">Whose.</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number.</param>
/// <param name="TotalNanos">What is to be paid, in nano-units.</param>
/// <param name="Digest">Of its document, to be put in the log.</param>
public sealed record ClosedInvoice(PartyId Customer, InvoiceId Id, string Number, long TotalNanos, string Digest);

/// <summary>A customer that could not be invoiced.</summary>
/// <param name="Customer">Who.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record RefusedInvoice(PartyId Customer, BillingRefusal Code, string Reason);
