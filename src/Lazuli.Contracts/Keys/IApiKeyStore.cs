using System.Net;

namespace Lazuli.Contracts;

/// <summary>API keys: shown once, stored hashed. Thread-safe; every change leaves an audit entry.</summary>
public interface IApiKeyStore
{
    /// <summary>Makes a key without limits, as the installation's operator; a project that is not there is added as the lab's. Returns the key's text, which is stored nowhere.</summary>
    /// <exception cref="ArgumentException">The label or project is of a wrong form.</exception>
    Task<CreatedApiKey> CreateAsync(string label, string project, CancellationToken cancellationToken);

    /// <summary>Makes a key for a project of the actor's party.</summary>
    Task<LicensingResult<CreatedApiKey>> CreateAsync(Actor actor, NewApiKey key, CancellationToken cancellationToken);

    /// <summary>Makes a key that is allowed what the old one is; the old one goes on for <paramref name="overlap"/> and then ends.</summary>
    Task<LicensingResult<CreatedApiKey>> RotateAsync(Actor actor, string id, TimeSpan overlap, CancellationToken cancellationToken);

    /// <summary>The key's record when the text is a live key: not revoked, not expired. Null otherwise. Takes the same time for every wrong key of the right form. Notes the use.</summary>
    Task<ApiKeyRecord?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Whether a live key may be used so; null when it may.</summary>
    /// <param name="key">What <see cref="FindAsync"/> found.</param>
    /// <param name="endpoint">The endpoint's name, e.g. <c>chat</c>.</param>
    /// <param name="model">The model's name; null where none is asked for.</param>
    /// <param name="caller">Where the request comes from; unknown is outside every allow-list.</param>
    KeyRefusal? Check(ApiKeyRecord key, string endpoint, string? model, IPAddress? caller);

    /// <summary>All keys, newest first.</summary>
    Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Ends a key at once, as the installation's operator; false when there is none of that id.</summary>
    Task<bool> RevokeAsync(string id, CancellationToken cancellationToken);

    /// <summary>Ends a key of the actor's party at once.</summary>
    Task<LicensingResult<ApiKeyRecord>> RevokeAsync(Actor actor, string id, CancellationToken cancellationToken);
}
