using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Divides what a customer pays among the links of its chain. Pure.</summary>
/// <remarks>
/// A licensee's gross is what it receives: the seller's from the customer, above it a royalty from the link below. Each royalty is rounded once, from a
/// gross that both ends have on paper; what a party keeps is the difference, so the parts add up to the customer's payment to the cent without any further rounding.
/// </remarks>
internal static class RoyaltyShares
{
    /// <summary>Royalties of one chain on one invoice, the seller's first and the owner's last.</summary>
    /// <param name="links">Links of the chain, the owner's first; the last is the customer's own grant, whose fees are the price plan.</param>
    /// <param name="seller">Who wrote the invoice.</param>
    /// <param name="grossNanos">What the customer pays for use under the chain, in whole minor units.</param>
    /// <param name="tokenNanos">Exact amount of the tokens at a plan, where a link has one; <paramref name="grossNanos"/>'s sign.</param>
    /// <param name="currency">Of what.</param>
    /// <exception cref="BillingRefusedException">The chain's last licensor is not the seller.</exception>
    public static IReadOnlyList<RoyaltyShare> Divide(IReadOnlyList<RoyaltyLink> links, PartyId seller, long grossNanos, Func<string, long> tokenNanos, Currency currency)
    {
        if (links.Count > 0 && links[^1].Licensor != seller)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"Use under {links[^1].Grant} is sold by {links[^1].Licensor}, but its price plan is {seller}'s. Assign a plan of {links[^1].Licensor} to that grant.");
        }

        long unit = CurrencyDigits.MinorUnitNanos(currency);
        var shares = new List<RoyaltyShare>();
        long gross = grossNanos;
        for (int i = links.Count - 2; i >= 0; i--)
        {
            RoyaltyLink link = links[i];
            if (link.Licensee != links[i + 1].Licensor)
            {
                throw new BillingRefusedException(BillingRefusal.Conflict, $"The chain is broken: {links[i + 1].Grant} is granted by {links[i + 1].Licensor}, the grant above it is {link.Licensee}'s.");
            }

            long nanos = InvoiceTotals.Share(gross, link.ShareBasisPoints, unit);
            nanos = checked(nanos + (link.TokenPlan is { } plan ? Allocation.Round(tokenNanos(plan), unit) : 0));
            shares.Add(new RoyaltyShare(link, gross, nanos));
            gross = nanos;
        }

        return shares;
    }
}
