using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Gateway;

/// <summary>API keys in the embedded database. Every look-up reads it, so a revoked key ends with its next request.</summary>
internal sealed class ApiKeyStore(LazuliDatabase database, TimeProvider time) : IApiKeyStore
{
    private const int MaxLabelLength = 200;
    private const string Columns = "id AS Id, label AS Label, hash AS Hash, redacted AS Redacted, created_at AS CreatedAt, revoked_at AS RevokedAt, project AS Project";

    // Compared against when no row has the id, so that both ways do the same work.
    private static readonly byte[] s_noHash = new byte[SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public async Task<CreatedApiKey> CreateAsync(string label, string project, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(label);
        ArgumentException.ThrowIfNullOrWhiteSpace(project);
        if (label.Length > MaxLabelLength)
        {
            throw new ArgumentException($"A key's label has at most {MaxLabelLength} characters; got {label.Length}.", nameof(label));
        }

        ApiKeyText key = ApiKeyText.Create();
        var record = new ApiKeyRecord(key.Id, label, key.Redacted, time.GetUtcNow(), RevokedAt: null, project);
        await database.WriteAsync(
            transaction => transaction.Execute(
                "INSERT INTO api_keys (id, label, hash, redacted, created_at, project) VALUES (@Id, @Label, @Hash, @Redacted, @CreatedAt, @Project)",
                new { record.Id, record.Label, Hash = key.Hash(), record.Redacted, CreatedAt = StoredTime.Format(record.CreatedAt), record.Project }),
            cancellationToken).ConfigureAwait(false);
        return new CreatedApiKey(key.Text, record);
    }

    /// <inheritdoc/>
    public async Task<ApiKeyRecord?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.TryParse(key, out ApiKeyText parsed))
        {
            return null;
        }

        IReadOnlyList<KeyRow> rows = await database.QueryAsync<KeyRow>($"SELECT {Columns} FROM api_keys WHERE id = @Id", new { parsed.Id }, cancellationToken).ConfigureAwait(false);
        KeyRow? row = rows.Count > 0 ? rows[0] : null;
        bool proven = CryptographicOperations.FixedTimeEquals(parsed.Hash(), row?.Hash ?? s_noHash);
        return proven && row is { RevokedAt: null } ? row.ToRecord() : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyRow> rows = await database.QueryAsync<KeyRow>($"SELECT {Columns} FROM api_keys ORDER BY created_at DESC, rowid DESC", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToRecord())];
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            transaction => transaction.Execute(
                "UPDATE api_keys SET revoked_at = coalesce(revoked_at, @now) WHERE id = @id", new { id, now = StoredTime.Format(time.GetUtcNow()) }),
            cancellationToken).ConfigureAwait(false) > 0;

    private sealed class KeyRow
    {
        public string Id { get; init; } = "";

        public string Label { get; init; } = "";

        public byte[] Hash { get; init; } = [];

        public string Redacted { get; init; } = "";

        public string CreatedAt { get; init; } = "";

        public string? RevokedAt { get; init; }

        public string Project { get; init; } = "";

        public ApiKeyRecord ToRecord() =>
            new(Id, Label, Redacted, StoredTime.Parse(CreatedAt), RevokedAt is null ? null : StoredTime.Parse(RevokedAt), Project);
    }
}
