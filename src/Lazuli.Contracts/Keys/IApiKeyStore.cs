namespace Lazuli.Contracts;

/// <summary>API keys: shown once, stored hashed.</summary>
public interface IApiKeyStore
{
    /// <summary>Makes a key and returns its text, which is stored nowhere. What it asks for is counted to <paramref name="project"/>.</summary>
    Task<CreatedApiKey> CreateAsync(string label, string project, CancellationToken cancellationToken);

    /// <summary>The key's record when the text is a live key; null otherwise. Takes the same time for every wrong key of the right form.</summary>
    Task<ApiKeyRecord?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>All keys, newest first.</summary>
    Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Ends a key at once; false when there is none of that id.</summary>
    Task<bool> RevokeAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What is kept of a key.</summary>
public sealed record ApiKeyRecord(string Id, string Label, string Redacted, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, string Project)
{
    /// <summary>The party whose project it is.</summary>
    public PartyId Party { get; init; } = PartyId.Lab;
}

/// <summary>A key just made: the only time its text is seen.</summary>
public sealed record CreatedApiKey(string Key, ApiKeyRecord Record);
