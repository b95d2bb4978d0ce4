namespace Lazuli.Contracts;

/// <summary>What one invoice brought a licensor. It names no customer and no price: those of links further down are not the licensor's to see.</summary>
/// <param name="Invoice">Number of the customer's invoice.</param>
/// <param name="Grant">The licensee's grant.</param>
/// <param name="GrantChain">The whole chain, the owner's first.</param>
/// <param name="ShareBasisPoints">The share.</param>
/// <param name="Tokens">Tokens, or packages of them, as invoiced.</param>
/// <param name="GrossNanos">What the licensee received for them, in nano-units.</param>
/// <param name="Nanos">What the licensor gets, in nano-units: the share, and tokens at the grant's plan.</param>
public sealed record RoyaltyLine(string Invoice, GrantId Grant, IReadOnlyList<GrantId> GrantChain, int ShareBasisPoints, long Tokens, long GrossNanos, long Nanos);
