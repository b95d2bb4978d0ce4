using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>What issuer and customer are told of an invoice, written in the change's own transaction.</summary>
internal static class InvoiceEvents
{
    public const string Drafted = "invoice.drafted";
    public const string Finalised = "invoice.finalised";
    public const string PartPaid = "invoice.part_paid";
    public const string Paid = "invoice.paid";
    public const string Overdue = "invoice.overdue";
    public const string WrittenOff = "invoice.written_off";
    public const string Voided = "invoice.voided";
    public const string CreditNote = "credit_note.issued";

    /// <summary>An invoice got its number: it is issued and, where nothing is owed, paid.</summary>
    public static void Issued(DatabaseTransaction transaction, InvoiceId id, DateTimeOffset now)
    {
        Invoice invoice = InvoiceRows.Get(transaction, id).ToInvoice(now);
        Append(transaction, invoice.Document.Kind == InvoiceKind.CreditNote ? CreditNote : Finalised, invoice, now);
        if (invoice.State == InvoiceState.Paid && invoice.Document.Kind == InvoiceKind.Invoice)
        {
            Append(transaction, Paid, invoice, now);
        }
    }

    /// <summary>Something happened to an invoice, which is as it is after it.</summary>
    public static void Append(DatabaseTransaction transaction, string type, InvoiceId id, DateTimeOffset now) => Append(transaction, type, InvoiceRows.Get(transaction, id).ToInvoice(now), now);

    private static void Append(DatabaseTransaction transaction, string type, Invoice invoice, DateTimeOffset now)
    {
        // What the customer may not have seen yet, or is not to count on, is the issuer's affair alone.
        bool isInternal = type is Drafted or WrittenOff;
        InvoiceDocument document = invoice.Document;
        OutboxAudience issuer = new(OutboxAudienceKind.Party, document.Issuer.Id.Value);
        Outbox.Append(transaction, type, now, isInternal ? [issuer] : [issuer, new OutboxAudience(OutboxAudienceKind.Party, document.Customer.Id.Value)], json =>
        {
            json.WriteString("invoice", invoice.Id.Value);
            json.WriteString("number", document.Number);
            json.WriteString("kind", document.Kind == InvoiceKind.CreditNote ? "creditNote" : "invoice");
            json.WriteString("issuer", document.Issuer.Id.Value);
            json.WriteString("customer", document.Customer.Id.Value);
            json.WriteTime("from", document.From);
            json.WriteTime("until", document.Until);
            json.WriteMoney("total", document.TotalOf());
            json.WriteMoney("paid", new Money(invoice.PaidNanos, document.Currency));
            json.WriteMoney("open", new Money(invoice.OpenNanos, document.Currency));
            if (document.DueAt is { } due)
            {
                json.WriteTime("dueAt", due);
            }

            if (document.Credits is { } credits)
            {
                json.WriteString("credits", credits);
            }
        });
    }
}
