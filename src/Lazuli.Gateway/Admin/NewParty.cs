using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that adds a party.</summary>
public sealed record NewParty(PartyId Id, PartyKind Kind, string Name, IReadOnlyList<string>? Classes = null);
