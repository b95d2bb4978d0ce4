using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Divides what reaches the begin of a chain among the owners of the models. Pure.</summary>
internal static class OwnerShares
{
    /// <summary>What the lead owner owes to the others, as royalties under <c>model:NAME:OWNER</c>; whole minor units that sum exactly, the lead keeping the rest.</summary>
    /// <param name="lead">Who received it: the licensor at the chain's begin, or the seller.</param>
    /// <param name="incomeNanos">How much, in whole minor units.</param>
    /// <param name="models">The models, what their use was invoiced at, and their owners; none where the lead has all.</param>
    /// <param name="currency">Of what.</param>
    public static IReadOnlyList<RoyaltyShare> Divide(
        PartyId lead, long incomeNanos, IReadOnlyList<(string Model, long Nanos, IReadOnlyList<OwnershipShare> Owners)> models, Currency currency)
    {
        long unit = CurrencyDigits.MinorUnitNanos(currency);
        long[] weights = [.. models.Select(model => Math.Abs(model.Nanos))];
        if (incomeNanos == 0 || weights.All(weight => weight == 0))
        {
            return [];
        }

        var shares = new List<RoyaltyShare>();
        long[] byModel = Allocation.Split(incomeNanos / unit, weights);
        for (int i = 0; i < models.Count; i++)
        {
            (string model, _, IReadOnlyList<OwnershipShare> owners) = models[i];
            if (owners.Count == 0)
            {
                continue;
            }

            if (owners.Sum(owner => owner.BasisPoints) != OwnershipShare.Whole)
            {
                throw new BillingRefusedException(BillingRefusal.Conflict, $"The shares of {model}'s owners add up to {owners.Sum(owner => owner.BasisPoints)} basis points, not {OwnershipShare.Whole}. Put them right, then finalise.");
            }

            long[] byOwner = Allocation.Split(byModel[i], owners.Select(owner => (long)owner.BasisPoints).ToArray());
            shares.AddRange(owners
                .Select((owner, k) => new RoyaltyShare(new RoyaltyLink(new GrantId($"model:{model}:{owner.Party}"), owner.Party, lead, owner.BasisPoints), byModel[i] * unit, byOwner[k] * unit))
                .Where(share => share.Link.Licensor != lead));
        }

        return shares;
    }
}
