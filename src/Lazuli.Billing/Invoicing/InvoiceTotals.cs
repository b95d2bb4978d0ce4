using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Rounds an invoice, once: lines to the minor unit so that they add up to the rounded net, each tax on that net. Pure.</summary>
internal static class InvoiceTotals
{
    /// <summary>The document with rounded lines, taxes and totals; a credit note when more goes back than is to be paid.</summary>
    public static InvoiceDocument Complete(InvoiceDocument document)
    {
        long unit = CurrencyDigits.MinorUnitNanos(document.Currency);
        long[] rounded = Allocation.Round(document.Lines.Select(line => line.ExactNanos).ToArray(), unit);
        long net = rounded.Aggregate(0L, (sum, nanos) => checked(sum + nanos));
        InvoiceTax[] taxes = [.. document.Taxes.Select(tax => tax with { Nanos = Share(net, tax.BasisPoints, unit) })];
        return document with
        {
            Kind = net < 0 ? InvoiceKind.CreditNote : document.Kind,
            Lines = [.. document.Lines.Select((line, i) => line with { Nanos = rounded[i] })],
            Taxes = taxes,
            NetNanos = net,
            TotalNanos = taxes.Aggregate(net, (sum, tax) => checked(sum + tax.Nanos)),
        };
    }

    /// <summary>Basis points of an amount, rounded once to a unit, half away from zero.</summary>
    public static long Share(long nanos, int basisPoints, long unitNanos)
    {
        decimal exact = (decimal)nanos * basisPoints / PricePlan.Whole;
        return checked((long)(decimal.Round(exact / unitNanos, 0, MidpointRounding.AwayFromZero) * unitNanos));
    }
}
