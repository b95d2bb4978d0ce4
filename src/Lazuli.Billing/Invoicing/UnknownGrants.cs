using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Stands where nobody knows the grants: refuses, so that no royalty is forgotten.</summary>
internal sealed class UnknownGrants : IRoyaltyTerms
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<RoyaltyLink>> LinksAsync(IReadOnlyList<GrantId> chain, CancellationToken cancellationToken) =>
        throw new BillingRefusedException(BillingRefusal.NotFound, $"No licensing is set up that knows {GrantChainText.Join(chain)}, so its royalties are unknown.");
}
