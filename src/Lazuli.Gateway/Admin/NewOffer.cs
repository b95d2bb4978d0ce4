using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that offers a licence.</summary>
public sealed record NewOffer(PartyId Licensor, PartyId Licensee, GrantTerms Terms, GrantId? Parent = null);
