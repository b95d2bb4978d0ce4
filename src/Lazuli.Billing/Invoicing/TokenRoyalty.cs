using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Tokens of a chain at the price plan of a grant above. Pure, given the plan.</summary>
internal static class TokenRoyalty
{
    /// <summary>The exact amount, at plain prices; what a reversal takes back counts below zero.</summary>
    public static long Nanos(InvoiceComposer composer, string planName, Currency currency, IEnumerable<InvoiceLine> lines)
    {
        PricePlan plan = composer.NewestPlan(planName);
        if (plan.Currency != currency)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"The royalty plan {planName} is in {plan.Currency}, the invoice in {currency}. A royalty is paid in the currency of what it is about.");
        }

        return lines.Where(line => line.Meter is not null && !line.IsTierFee).Aggregate(0L, (sum, line) => checked(sum + (line.Quantity * (plan.RateOf(line.Model, line.Meter!.Value)?.PlainUnitNanos ?? 0))));
    }
}
