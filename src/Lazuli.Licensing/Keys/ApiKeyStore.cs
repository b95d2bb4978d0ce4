using System.Net;
using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>API keys in the database. Every look-up reads it, so a revoked key ends with its next request.</summary>
internal sealed class ApiKeyStore(LazuliDatabase database, LicensingWriter writer, Entitlements entitlements, KeyUses uses, TimeProvider time) : IApiKeyStore
{
    private const string Columns =
        """
        id AS Id, label AS Label, hash AS Hash, redacted AS Redacted, created_at AS CreatedAt, revoked_at AS RevokedAt, project AS Project, endpoints AS Endpoints,
        models AS Models, addresses AS Addresses, expires_at AS ExpiresAt, replaced_by AS ReplacedBy, last_used_at AS LastUsedAt, sandbox AS Sandbox
        """;

    private static readonly TimeSpan s_longestOverlap = TimeSpan.FromDays(90);

    // Compared against when no row has the id, so that both ways do the same work.
    private static readonly byte[] s_noHash = new byte[SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public async Task<CreatedApiKey> CreateAsync(string label, string project, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(label);
        ArgumentException.ThrowIfNullOrWhiteSpace(project);
        return await CreateAsync(Actor.Local, new NewApiKey { Label = label, Project = new ProjectId(project) }, cancellationToken).ConfigureAwait(false) switch
        {
            LicensingResult<CreatedApiKey>.Done done => done.Value,
            LicensingResult<CreatedApiKey>.Refused refused => throw new ArgumentException(string.Join(' ', refused.Reasons), nameof(label)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <inheritdoc/>
    public Task<LicensingResult<CreatedApiKey>> CreateAsync(Actor actor, NewApiKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return writer.ChangeAsync(
            actor, LicensingChange.ManageKeys,
            change =>
            {
                change.Require(KeyRules.Problems(key, change.Now), LicensingRefusal.Invalid);
                change.Require(!key.Sandbox || change.ActsFor is null, LicensingRefusal.NotAllowed, "A sandbox key asks at a price of zero, at the sellers' cost: the installation's operator alone makes one."); // before anything is looked up
                Project? project = change.Facts.Projects.FirstOrDefault(found => found.Id == key.Project);
                if (project is null && actor.Party is null)
                {
                    project = ProjectStore.Add(change, key.Project, key.Project.Value, [new OwnershipShare(BuiltInParties.Lab, OwnershipShare.Whole)], null);
                }
                else
                {
                    project = ProjectStore.RequireOpen(change, key.Project);
                    change.RequireParty([.. project.Owners.Select(owner => owner.Party)]);
                    change.LeavesDecisions();
                }

                RequirePartyUsage(change, key.Endpoints, project);
                CreatedApiKey made = Insert(change, key, project);
                change.Audit("key.create", made.Record.Id, null, made.Record);
                return made;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<LicensingResult<CreatedApiKey>> RotateAsync(Actor actor, string id, TimeSpan overlap, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageKeys,
            change =>
            {
                change.LeavesDecisions();
                change.Require(overlap >= TimeSpan.Zero && overlap <= s_longestOverlap, LicensingRefusal.Invalid, $"An overlap is 0 to {s_longestOverlap.Days} days; got {overlap}.");
                (ApiKeyRecord old, Project project) = RequireOwn(change, id);
                RequirePartyUsage(change, old.Endpoints, project);
                change.Require(IsLive(old, change.Now) && old.ReplacedBy is null, LicensingRefusal.Conflict, old.ReplacedBy is { } by ? $"{id} is replaced by {by} already." : $"{id} has ended.");
                CreatedApiKey made = Insert(
                    change,
                    new NewApiKey { Label = old.Label, Project = project.Id, Endpoints = old.Endpoints, Models = old.Models, Addresses = old.Addresses, Sandbox = old.Sandbox, ExpiresAt = old.ExpiresAt },
                    project);
                DateTimeOffset end = change.Now + overlap;
                ApiKeyRecord after = old with { ReplacedBy = made.Record.Id, ExpiresAt = old.ExpiresAt < end ? old.ExpiresAt : end };
                change.Transaction.Execute(
                    "UPDATE api_keys SET replaced_by = @by, expires_at = @end WHERE id = @id", new { id, by = made.Record.Id, end = StoredTime.Format(after.ExpiresAt!.Value) });
                change.Audit("key.rotate", id, old, after);
                change.Audit("key.create", made.Record.Id, null, made.Record);
                return made;
            },
            cancellationToken);

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
        if (!proven || row is null || row.ToRecord(entitlements) is not { } record || !IsLive(record, time.GetUtcNow()))
        {
            return null;
        }

        uses.Note(record.Id);
        return record;
    }

    /// <inheritdoc/>
    public KeyRefusal? Check(ApiKeyRecord key, string endpoint, string? model, IPAddress? caller) => KeyRules.Check(key, endpoint, model, caller);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKeyRecord>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyRow> rows = await database.QueryAsync<KeyRow>($"SELECT {Columns} FROM api_keys ORDER BY sequence DESC", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToRecord(entitlements)).Select(record => record with { LastUsedAt = uses.Unwritten(record.Id) ?? record.LastUsedAt })];
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        await RevokeAsync(Actor.Local, id, cancellationToken).ConfigureAwait(false) is LicensingResult<ApiKeyRecord>.Done;

    /// <inheritdoc/>
    public Task<LicensingResult<ApiKeyRecord>> RevokeAsync(Actor actor, string id, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageKeys,
            change =>
            {
                change.LeavesDecisions();
                ApiKeyRecord before = RequireOwn(change, id).Key;
                if (before.RevokedAt is not null)
                {
                    return before;
                }

                ApiKeyRecord after = before with { RevokedAt = change.Now };
                change.Transaction.Execute("UPDATE api_keys SET revoked_at = @now WHERE id = @id", new { id, now = StoredTime.Format(change.Now) });
                change.Audit("key.revoke", id, before, after);
                return after;
            },
            cancellationToken);

    /// <summary>A party's use is read by keys of projects that it leads, made by its own people: not by those of a project's other owners.</summary>
    private static void RequirePartyUsage(Change change, IReadOnlyList<string> endpoints, Project project)
    {
        PartyId lead = ProjectStore.Lead(project);
        foreach (string endpoint in endpoints.Where(endpoint => endpoint.StartsWith(ApiKeyRecord.PartyUsage, StringComparison.Ordinal)))
        {
            change.Require(endpoint == ApiKeyRecord.PartyUsage + lead.Value, LicensingRefusal.Invalid, $"A key of the project '{project.Id}' can be for '{ApiKeyRecord.PartyUsage}{lead}', the use of the party that leads it; '{endpoint}' is not.");
            change.RequireParty(lead);
        }
    }

    private static bool IsLive(ApiKeyRecord key, DateTimeOffset now) => key.RevokedAt is null && (key.ExpiresAt is not { } end || now < end);

    private static CreatedApiKey Insert(Change change, NewApiKey key, Project project)
    {
        ApiKeyText text = ApiKeyText.Create();
        var record = new ApiKeyRecord(text.Id, key.Label, text.Redacted, change.Now, RevokedAt: null, project.Id.Value)
        {
            Party = ProjectStore.Lead(project),
            Endpoints = key.Endpoints,
            Models = key.Models,
            Addresses = key.Addresses,
            Sandbox = key.Sandbox,
            ExpiresAt = key.ExpiresAt,
        };
        change.Transaction.Execute(
            """
            INSERT INTO api_keys (id, sequence, label, hash, redacted, created_at, project, endpoints, models, addresses, expires_at, sandbox)
            VALUES (@Id, (SELECT coalesce(max(sequence), 0) + 1 FROM api_keys), @Label, @Hash, @Redacted, @CreatedAt, @Project, @Endpoints, @Models, @Addresses, @ExpiresAt, @Sandbox)
            """,
            new
            {
                record.Id,
                record.Label,
                Hash = text.Hash(),
                record.Redacted,
                CreatedAt = StoredTime.Format(record.CreatedAt),
                record.Project,
                Endpoints = StoredJson.Write(record.Endpoints),
                Models = StoredJson.Write(record.Models),
                Addresses = StoredJson.Write(record.Addresses),
                ExpiresAt = record.ExpiresAt is { } end ? StoredTime.Format(end) : null,
                Sandbox = record.Sandbox ? 1L : 0L,
            });
        return new CreatedApiKey(text.Text, record);
    }

    // Somebody else's key is as unknown as none.
    private (ApiKeyRecord Key, Project Project) RequireOwn(Change change, string id)
    {
        IReadOnlyList<KeyRow> rows = change.Transaction.Query<KeyRow>($"SELECT {Columns} FROM api_keys WHERE id = @id", new { id });
        if (rows.Count > 0 && change.Facts.Projects.FirstOrDefault(project => project.Id.Value == rows[0].Project) is { } project &&
            (change.ActsFor is not { } party || project.Owners.Any(owner => owner.Party == party)))
        {
            return (rows[0].ToRecord(entitlements), project);
        }

        throw Change.Refuse(LicensingRefusal.NotFound, $"There is no key '{id}'.");
    }

    private sealed class KeyRow
    {
        public string Id { get; init; } = "";

        public string Label { get; init; } = "";

        public byte[] Hash { get; init; } = [];

        public string Redacted { get; init; } = "";

        public string CreatedAt { get; init; } = "";

        public string? RevokedAt { get; init; }

        public string Project { get; init; } = "";

        public string Endpoints { get; init; } = "";

        public string Models { get; init; } = "";

        public string Addresses { get; init; } = "";

        public string? ExpiresAt { get; init; }

        public string? ReplacedBy { get; init; }

        public string? LastUsedAt { get; init; }

        public long Sandbox { get; init; }

        public ApiKeyRecord ToRecord(Entitlements entitlements) => new(Id, Label, Redacted, StoredTime.Parse(CreatedAt), Time(RevokedAt), Project)
        {
            Party = entitlements.FindProject(new ProjectId(Project)) is { } project ? ProjectStore.Lead(project) : default,
            Endpoints = List(Endpoints),
            Models = List(Models),
            Addresses = List(Addresses),
            Sandbox = Sandbox != 0,
            ExpiresAt = Time(ExpiresAt),
            ReplacedBy = ReplacedBy,
            LastUsedAt = Time(LastUsedAt),
        };

        private static IReadOnlyList<string> List(string stored) => stored == "[]" ? [] : StoredJson.Read<string[]>(stored);

        private static DateTimeOffset? Time(string? stored) => stored is null ? null : StoredTime.Parse(stored);
    }
}
