using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What must hold before an invoice is drafted, finalised or changed. Pure.</summary>
internal static class InvoiceChecks
{
    private const int MostPaymentDays = 366;

    /// <summary>Refuses a request that contradicts itself.</summary>
    public static void Request(InvoiceRequest request, DateTimeOffset now)
    {
        if (request.Until <= request.From || request.Issuer.Id == request.Customer.Id)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"An invoice is from one party to another for a period; {request.Issuer.Id} to {request.Customer.Id}, {request.From:u} to {request.Until:u} came.");
        }

        if (request.Cutoff is { } cutoff && (cutoff > now || cutoff < request.From))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"The cutoff lies between the period's begin and now; {cutoff:u} came. Leave it out to take what is metered by now.");
        }

        if (request.PaymentDays is < 0 or > MostPaymentDays || request.Taxes.Any(tax => tax.BasisPoints is < 0 or > PricePlan.Whole) || !CurrencyDigits.IsCode(request.Currency.Code))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"Payment days go from 0 to {MostPaymentDays}, taxes from 0 to {PricePlan.Whole} basis points, and a currency is three capital letters.");
        }
    }

    /// <summary>Refuses what is too early.</summary>
    public static void MayFinalise(InvoiceDocument draft, DateTimeOffset now)
    {
        if (now < draft.InvoiceAt || now < draft.Until || draft.Cutoff < draft.Until)
        {
            throw new BillingRefusedException(
                BillingRefusal.PeriodIncomplete,
                $"This invoice may be issued from {(draft.InvoiceAt > draft.Until ? draft.InvoiceAt : draft.Until):u} on, with a cutoff after the period's end; its cutoff is {draft.Cutoff:u}. Draft it anew after the period.");
        }
    }

    /// <summary>The request that a draft was made for.</summary>
    public static InvoiceRequest RequestOf(InvoiceDocument draft) => new()
    {
        Issuer = draft.Issuer,
        Customer = draft.Customer,
        Currency = draft.Currency,
        From = draft.From,
        Until = draft.Until,
        Cutoff = draft.Cutoff,
        InvoiceAt = draft.InvoiceAt,
        Taxes = draft.Taxes,
        PaymentDays = draft.PaymentDays,
    };

    /// <summary>Refuses a draft that metering contradicts.</summary>
    public static void SameAsDraft(InvoiceDocument draft, InvoiceDocument again)
    {
        string before = MoneyJson.Format(draft.Lines.Where(line => line.Kind != InvoiceLineKind.Credit).Select(line => line with { Nanos = 0 }));
        string now = MoneyJson.Format(again.Lines.Select(line => line with { Nanos = 0 }));
        if (before != now)
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, "Metering or prices say something else than when this was drafted. Draft it anew and look at it.");
        }
    }

    /// <summary>Refuses what cannot be paid or given up any more.</summary>
    public static void IsOpen(Invoice invoice)
    {
        if (invoice.State is not (InvoiceState.Finalised or InvoiceState.PartPaid or InvoiceState.Overdue))
        {
            throw new BillingRefusedException(BillingRefusal.WrongState, $"{(invoice.Document.Number.Length > 0 ? invoice.Document.Number : invoice.Id.Value)} is {invoice.State}; only an issued invoice that is not paid can be paid or given up.");
        }
    }
}
