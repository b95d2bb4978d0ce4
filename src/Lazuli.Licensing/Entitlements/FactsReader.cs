using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Reads the facts of licence decisions, all of one epoch.</summary>
internal static class FactsReader
{
    private const string EpochSql = "SELECT epoch FROM policy_epoch WHERE id = 1";
    private const string PartiesSql = "SELECT id AS Id, kind AS Kind, name AS Name, classes AS Classes, created_at AS CreatedAt, closed_at AS ClosedAt FROM parties ORDER BY id";
    private const string ProjectsSql = "SELECT id AS Id, name AS Name, field AS Field, created_at AS CreatedAt, closed_at AS ClosedAt FROM projects ORDER BY id";
    private const string ProjectOwnersSql = "SELECT project AS Subject, party AS Party, basis_points AS BasisPoints FROM project_owners ORDER BY project, position";
    private const string ContributionsSql = "SELECT project AS Subject, party AS Party, description AS Description, at AS At FROM project_contributions ORDER BY sequence";
    private const string GrantsSql =
        "SELECT id AS Id, licensor AS Licensor, licensee AS Licensee, parent AS Parent, terms AS Terms, state AS State, offered_at AS OfferedAt, signed_at AS SignedAt, state_reason AS StateReason FROM grants ORDER BY sequence";
    private const string NoticesSql = "SELECT offer AS Offer, preferred AS Preferred, at AS At FROM grant_notices ORDER BY at, preferred";
    private const string ModelsSql = "SELECT subject AS Subject, stage AS Stage, hold AS Hold, revocation AS Revocation, training_flop AS TrainingFlop, owners_from AS OwnersFrom FROM model_policies ORDER BY subject";
    private const string ModelOwnersSql = "SELECT subject AS Subject, party AS Party, basis_points AS BasisPoints FROM model_owners ORDER BY subject, position";
    private const string FindingsSql = "SELECT name AS Name, subject AS Subject, at AS At FROM capability_findings ORDER BY at, name, subject";
    private const string CommitmentsSql = "SELECT id AS Id, party AS Party, terms AS Terms, made_at AS MadeAt, ended_at AS EndedAt FROM compute_commitments ORDER BY sequence";
    private const string EventsSql = "SELECT name AS Name, at AS At FROM licensing_events ORDER BY at, name";

    /// <summary>The epoch now.</summary>
    public static async Task<long> EpochAsync(LazuliDatabase database, CancellationToken cancellationToken) =>
        (await database.QueryAsync<long>(EpochSql, null, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The epoch as a transaction sees it.</summary>
    public static long Epoch(DatabaseTransaction transaction) => transaction.Scalar<long>(EpochSql);

    /// <summary>The facts as a transaction sees them.</summary>
    public static LicensingFacts Read(DatabaseTransaction transaction, TermsCache terms)
    {
        // Never waits: a transaction answers at once.
        return ReadAsync(new TransactionRows(transaction), terms, Epoch(transaction)).GetAwaiter().GetResult();
    }

    /// <summary>The facts as they were last committed.</summary>
    public static async Task<LicensingFacts> ReadAsync(LazuliDatabase database, TermsCache terms, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The tables are read one by one; when no change came in between they belong together.
            long epoch = await EpochAsync(database, cancellationToken).ConfigureAwait(false);
            LicensingFacts facts = await ReadAsync(new DatabaseRows(database, cancellationToken), terms, epoch).ConfigureAwait(false);
            if (await EpochAsync(database, cancellationToken).ConfigureAwait(false) == epoch)
            {
                return facts;
            }
        }
    }

    private static async Task<LicensingFacts> ReadAsync(IRows rows, TermsCache terms, long epoch)
    {
        ILookup<string, OwnerRow> projectOwners = (await rows.QueryAsync<OwnerRow>(ProjectOwnersSql).ConfigureAwait(false)).ToLookup(row => row.Subject, StringComparer.Ordinal);
        ILookup<string, ContributionRow> contributions = (await rows.QueryAsync<ContributionRow>(ContributionsSql).ConfigureAwait(false)).ToLookup(row => row.Subject, StringComparer.Ordinal);
        ILookup<string, NoticeRow> notices = (await rows.QueryAsync<NoticeRow>(NoticesSql).ConfigureAwait(false)).ToLookup(row => row.Offer, StringComparer.Ordinal);
        ILookup<string, OwnerRow> modelOwners = (await rows.QueryAsync<OwnerRow>(ModelOwnersSql).ConfigureAwait(false)).ToLookup(row => row.Subject, StringComparer.Ordinal);
        return new LicensingFacts
        {
            Epoch = epoch,
            Parties = [.. (await rows.QueryAsync<PartyRow>(PartiesSql).ConfigureAwait(false)).Select(row => row.ToParty())],
            Projects = [.. (await rows.QueryAsync<ProjectRow>(ProjectsSql).ConfigureAwait(false)).Select(row => row.ToProject(projectOwners[row.Id], contributions[row.Id]))],
            Grants = [.. (await rows.QueryAsync<GrantRow>(GrantsSql).ConfigureAwait(false)).Select(row => row.ToGrant(terms, notices[row.Id]))],
            Models = [.. (await rows.QueryAsync<ModelRow>(ModelsSql).ConfigureAwait(false)).Select(row => row.ToPolicy(modelOwners[row.Subject]))],
            Findings = [.. (await rows.QueryAsync<FactRow>(FindingsSql).ConfigureAwait(false)).Select(row => new CapabilityFinding(row.Name, row.Subject, StoredTime.Parse(row.At)))],
            Commitments = [.. (await rows.QueryAsync<CommitmentRow>(CommitmentsSql).ConfigureAwait(false)).Select(row => row.ToCommitment())],
            Events = [.. (await rows.QueryAsync<FactRow>(EventsSql).ConfigureAwait(false)).Select(row => new LicensingEvent(row.Name, StoredTime.Parse(row.At)))],
        };
    }

    private interface IRows
    {
        Task<IReadOnlyList<T>> QueryAsync<T>(string sql);
    }

    private sealed class TransactionRows(DatabaseTransaction transaction) : IRows
    {
        public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => Task.FromResult(transaction.Query<T>(sql));
    }

    private sealed class DatabaseRows(LazuliDatabase database, CancellationToken cancellationToken) : IRows
    {
        public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => database.QueryAsync<T>(sql, null, cancellationToken);
    }
}
