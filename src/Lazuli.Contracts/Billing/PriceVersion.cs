namespace Lazuli.Contracts;

/// <summary>A version of a price plan; never changed once published.</summary>
/// <param name="Name">Plan and number, e.g. <c>standard@3</c>; stands on every meter event.</param>
/// <param name="Digest">SHA-256 of the canonical document, <c>sha256:…</c>.</param>
/// <param name="Seller">Whose prices.</param>
/// <param name="Currency">Of all of them.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="Document">The plan, canonical JSON.</param>
public sealed record PriceVersion(string Name, string Digest, PartyId Seller, Currency Currency, DateTimeOffset PublishedAt, string Document);
