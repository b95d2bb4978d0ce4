using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that makes a compute commitment.</summary>
public sealed record NewCommitment(PartyId Party, CommitmentTerms Terms);
