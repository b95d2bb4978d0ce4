using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Royalties as the fees of grants agree them.</summary>
internal sealed class GrantRoyaltyTerms(IGrantStore grants) : IRoyaltyTerms
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoyaltyLink>> LinksAsync(IReadOnlyList<GrantId> chain, CancellationToken cancellationToken)
    {
        var links = new List<RoyaltyLink>(chain.Count);
        foreach (GrantId id in chain)
        {
            Grant grant = await grants.FindAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"Use was metered under the grant {id}, which is not in this store. Nothing is invoiced without its terms.");
            links.Add(LinkOf(grant));
        }

        return links;
    }

    /// <summary>A grant's fees in one.</summary>
    /// <exception cref="BillingRefusedException">Several plans, or fixed fees in several currencies, or shares of more than the whole.</exception>
    public static RoyaltyLink LinkOf(Grant grant)
    {
        int share = grant.Terms.Fees.OfType<GrantFee.RevenueShare>().Sum(fee => fee.BasisPoints);
        string[] plans = [.. grant.Terms.Fees.OfType<GrantFee.PerToken>().Select(fee => fee.Plan).Distinct()];
        Money[] fixedFees = [.. grant.Terms.Fees.OfType<GrantFee.Fixed>().GroupBy(fee => fee.Currency).Select(fees => new Money(fees.Sum(fee => fee.NanosPerMonth), new Currency(fees.Key)))];
        if (share > PricePlan.Whole || plans.Length > 1 || fixedFees.Length > 1)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"Grant {grant.Id} agrees on {share} basis points of revenue, {plans.Length} price plans and fixed fees in {fixedFees.Length} currencies; at most {PricePlan.Whole}, one and one can be charged.");
        }

        return new RoyaltyLink(grant.Id, grant.Licensor, grant.Licensee, share, plans.Length == 0 ? null : plans[0], fixedFees.Length == 0 ? null : fixedFees[0]);
    }
}
