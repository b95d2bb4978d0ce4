using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What repeats from event to event: who pays, for what, at which price. Stored once, named by number.</summary>
/// <param name="Id">Its row; 0 while it has none.</param>
/// <param name="Key">Id of the key.</param>
/// <param name="Project">The project charged.</param>
/// <param name="Party">Whose it is.</param>
/// <param name="GrantChain">Grants, the owner's first, with a space between.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelDigest">The exact version.</param>
/// <param name="Prices">Prices at the time of use.</param>
/// <param name="Batch">Whether at the batch discount.</param>
internal sealed record MeterProfile(long Id, string Key, ProjectId Project, PartyId Party, string GrantChain, string ModelName, string ModelDigest, TokenPrices Prices, bool Batch)
{
    /// <summary>The grants one by one.</summary>
    public IReadOnlyList<GrantId> Grants => GrantChainText.Split(GrantChain);
}
