using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>What happens inside one transaction.</summary>
internal sealed partial class Invoices
{
    private static Invoice Draft(DatabaseTransaction transaction, InvoiceDocument document, DateTimeOffset now)
    {
        InvoiceId id = new("inv_" + Guid.CreateVersion7(now).ToString("N"));
        foreach (StoredInvoice row in InvoiceRows.Of(transaction, document.Issuer.Id, document.Customer.Id, document.Currency))
        {
            bool isSamePeriod = row.PeriodFrom == StoredTime.Format(document.From) && row.PeriodUntil == StoredTime.Format(document.Until);
            if (row.ParsedState == InvoiceState.Draft && isSamePeriod)
            {
                id = new InvoiceId(row.Id);
            }
            else if (row.Stands && StoredTime.Parse(row.PeriodFrom) < document.Until && document.From < StoredTime.Parse(row.PeriodUntil))
            {
                throw new BillingRefusedException(BillingRefusal.Conflict, $"{row.Number} covers {row.PeriodFrom} to {row.PeriodUntil} already. Void it first, or let late use come as corrections on the next invoice.");
            }
        }

        CreditRows.Apply(transaction, document.Customer.Id, document.Issuer.Id, document.Currency, now);
        long accrued = document.Lines.Sum(line => line.AccruedNanos);
        long credit = Math.Clamp(CreditRows.UninvoicedNanos(transaction, document.Customer.Id, document.Issuer.Id, document.Currency), 0, Math.Max(0, accrued));
        if (credit > 0)
        {
            document = document with
            {
                Lines = [.. document.Lines, new InvoiceLine
                {
                    Kind = InvoiceLineKind.Credit,
                    Description = "Paid by credit",
                    Quantity = 1,
                    UnitNanos = -credit,
                    ExactNanos = -credit,
                    From = document.From,
                    Until = document.Until,
                }],
            };
        }

        document = InvoiceTotals.Complete(document);
        InvoiceRows.Put(transaction, id, InvoiceState.Draft, document, MoneyJson.Format(document), now);
        InvoiceEvents.Append(transaction, InvoiceEvents.Drafted, id, now);
        return InvoiceRows.Get(transaction, id).ToInvoice(now);
    }

    private static Invoice Finalise(
        DatabaseTransaction transaction, InvoiceId id, InvoiceDocument draft, List<(string Chain, long Tokens, IReadOnlyList<RoyaltyShare> Shares)> royalties, DateTimeOffset now)
    {
        StoredInvoice stored = InvoiceRows.Get(transaction, id);
        if (stored.ParsedState != InvoiceState.Draft)
        {
            return stored.ToInvoice(now); // somebody else was faster
        }

        if (stored.Document != MoneyJson.Format(draft))
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"The draft {id} was written anew meanwhile. Look at it and finalise again.");
        }

        foreach (StoredInvoice other in InvoiceRows.Of(transaction, draft.Issuer.Id, draft.Customer.Id, draft.Currency))
        {
            if (other.Stands && StoredTime.Parse(other.PeriodFrom) < draft.Until && draft.From < StoredTime.Parse(other.PeriodUntil))
            {
                throw new BillingRefusedException(BillingRefusal.Conflict, $"{other.Number} covers some of the period of draft {id} by now. Draft it anew.");
            }
        }

        long credit = -draft.Lines.Where(line => line.Kind == InvoiceLineKind.Credit).Sum(line => line.ExactNanos);
        if (credit > CreditRows.UninvoicedNanos(transaction, draft.Customer.Id, draft.Issuer.Id, draft.Currency))
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"Credit on draft {id} stands on another invoice by now. Draft it anew.");
        }

        InvoiceDocument document = draft with
        {
            Number = InvoiceRows.NextNumber(transaction, draft.Issuer.Id, ""),
            IssuedAt = now,
            DueAt = now.AddDays(draft.PaymentDays),
        };
        LedgerWriter.Append(transaction, InvoiceBooks.Issue(id, document, royalties.SelectMany(chain => chain.Shares), now));
        InvoiceRows.Put(transaction, id, document.TotalNanos == 0 ? InvoiceState.Paid : InvoiceState.Finalised, document, MoneyJson.Format(document), now);
        DocumentSeals.Put(transaction, DocumentKind.Invoice, document.Number, MoneyJson.Digest(MoneyJson.Format(document)));
        foreach ((string chain, long tokens, IReadOnlyList<RoyaltyShare> shares) in royalties)
        {
            RoyaltyRows.Add(transaction, id, chain, tokens, shares, document);
        }

        InvoiceEvents.Issued(transaction, id, now);
        return InvoiceRows.Get(transaction, id).ToInvoice(now);
    }

    private static Invoice Void(DatabaseTransaction transaction, InvoiceId id, string reason, DateTimeOffset now)
    {
        StoredInvoice stored = InvoiceRows.Get(transaction, id);
        Invoice invoice = stored.ToInvoice(now);
        InvoiceDocument document = invoice.Document;
        if (stored.ParsedState != InvoiceState.Finalised || stored.Paid != 0 || stored.Credits is not null)
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"{Name(invoice)} is {invoice.State}; only an issued invoice of which nothing is paid can be voided. Write it off, or correct it on the next one.");
        }

        IReadOnlyList<StoredInvoice> others = InvoiceRows.Of(transaction, document.Issuer.Id, document.Customer.Id, document.Currency);
        StoredInvoice? correction = others.FirstOrDefault(row => row.Stands && MoneyJson.Parse<InvoiceDocument>(row.Document).Lines.Any(line => line.CorrectsInvoice == document.Number));
        if (correction is not null)
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"{correction.Number} corrects {document.Number}. Void that one first.");
        }

        var noteId = new InvoiceId("inv_" + Guid.CreateVersion7(now).ToString("N"));
        InvoiceDocument note = document with
        {
            Kind = InvoiceKind.CreditNote,
            Number = InvoiceRows.NextNumber(transaction, document.Issuer.Id, ""),
            Credits = document.Number,
            Reason = reason,
            IssuedAt = now,
            DueAt = now,
            Lines = [.. document.Lines.Select(Opposite)],
            Taxes = [.. document.Taxes.Select(tax => tax with { Nanos = -tax.Nanos })],
            NetNanos = -document.NetNanos,
            TotalNanos = -document.TotalNanos,
        };
        LedgerWriter.Append(transaction, InvoiceBooks.Reverse(noteId, InvoiceRows.Issued(transaction, id), note.Number, now));
        InvoiceRows.Put(transaction, noteId, InvoiceState.Paid, note, MoneyJson.Format(note), now); // the two settle each other
        DocumentSeals.Put(transaction, DocumentKind.CreditNote, note.Number, MoneyJson.Digest(MoneyJson.Format(note)));
        InvoiceRows.SetState(transaction, id, InvoiceState.Voided, 0, now);
        RoyaltyRows.Reverse(transaction, id, noteId);
        InvoiceEvents.Append(transaction, InvoiceEvents.Voided, id, now);
        InvoiceEvents.Issued(transaction, noteId, now);
        return InvoiceRows.Get(transaction, noteId).ToInvoice(now);
    }

    private static InvoiceLine Opposite(InvoiceLine line) =>
        line with { Quantity = -line.Quantity, ExactNanos = -line.ExactNanos, Nanos = -line.Nanos, AccruedNanos = -line.AccruedNanos };

    private static string Name(Invoice invoice) => invoice.Document.Number.Length > 0 ? invoice.Document.Number : invoice.Id.Value;
}
