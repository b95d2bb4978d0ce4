namespace Lazuli.Contracts;

/// <summary>Tells billing what grants agree about royalties. Thread-safe.</summary>
public interface IRoyaltyTerms
{
    /// <summary>The links of a chain, the owner's first, one a grant.</summary>
    /// <exception cref="BillingRefusedException">A grant is unknown: nothing under it can be invoiced.</exception>
    Task<IReadOnlyList<RoyaltyLink>> LinksAsync(IReadOnlyList<GrantId> chain, CancellationToken cancellationToken);
}
