namespace Lazuli.Contracts;

/// <summary>A key just made: the only time its text is seen.</summary>
public sealed record CreatedApiKey(string Key, ApiKeyRecord Record);
