using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A sum of metered use.</summary>
/// <param name="Party">Who used it.</param>
/// <param name="GrantChain">Under which grants, the owner's first.</param>
/// <param name="PriceVersion">The price version that held at admission.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Meter">What is counted; prompt tokens come apart into <see cref="UsageMeter.InputTokens"/> (not cached) and <see cref="UsageMeter.CachedInputTokens"/>.</param>
/// <param name="Batch">Whether at the batch discount.</param>
/// <param name="Quantity">How many.</param>
/// <param name="AccruedNanos">What was accrued for them in the ledger at plain prices; credit that was used up is part of it.</param>
internal sealed record MeteredQuantity(PartyId Party, IReadOnlyList<GrantId> GrantChain, string PriceVersion, string Model, UsageMeter Meter, bool Batch, long Quantity, long AccruedNanos);
