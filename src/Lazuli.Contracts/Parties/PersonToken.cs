namespace Lazuli.Contracts;

/// <summary>What is kept of a personal token or session.</summary>
/// <param name="Id">Its id: <c>token_…</c> or <c>session_…</c>.</param>
/// <param name="Person">Whose it is.</param>
/// <param name="Label">What it is for.</param>
/// <param name="Redacted">Its ends.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends by itself; null for never.</param>
/// <param name="RevokedAt">When it was ended; null when it was not.</param>
public sealed record PersonToken(string Id, string Person, string Label, string Redacted, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>A token just made: the only time its text is seen.</summary>
public sealed record CreatedToken(string Token, PersonToken Record);
