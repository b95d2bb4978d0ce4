namespace Lazuli.Contracts;

/// <summary>What a grant makes its licensee pay to its licensor.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Licensor">Who is paid.</param>
/// <param name="Licensee">Who pays.</param>
/// <param name="ShareBasisPoints">Part of what the licensee receives for use under it, in hundredths of a percent.</param>
/// <param name="TokenPlan">Price plan, at the plain prices of whose newest version tokens used under it are charged beside that; null for none.</param>
/// <param name="Fixed">An amount each month beside that; null for none.</param>
public sealed record RoyaltyLink(GrantId Grant, PartyId Licensor, PartyId Licensee, int ShareBasisPoints, string? TokenPlan = null, Money? Fixed = null);
