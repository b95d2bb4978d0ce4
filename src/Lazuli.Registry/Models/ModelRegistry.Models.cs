using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Registry;

internal sealed partial class ModelRegistry
{
    private const int MinDigestPrefixLength = 6;

    private const string SelectModels = """
        SELECT m.sequence AS Sequence, m.name AS Name, m.digest AS Digest, m.folder AS Folder, m.created_at AS CreatedAt, m.source AS Source,
               m.license AS License, m.parameter_count AS ParameterCount, m.run_id AS RunId, m.facts AS Facts,
               (SELECT string_agg(d.data_set, ' ') FROM (SELECT data_set FROM model_data_sets WHERE model = m.sequence ORDER BY position) AS d) AS DataSets
        FROM models AS m
        """;

    private const string NewestFirst = " ORDER BY m.created_at DESC, m.sequence DESC";

    /// <inheritdoc/>
    public Task RegisterModelAsync(ModelVersion model, CancellationToken cancellationToken)
    {
        RegistryChecks.Model(model);
        return _database.WriteAsync(transaction => InsertModel(transaction, model), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelVersion>> ListModelsAsync(CancellationToken cancellationToken) =>
        ToModels(await _database.QueryAsync<ModelRow>(SelectModels + NewestFirst, null, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<ModelVersion?> FindModelAsync(string reference, CancellationToken cancellationToken) =>
        await ResolveModelAsync(reference, cancellationToken).ConfigureAwait(false) is ModelLookup.Found found ? found.Model : null;

    /// <inheritdoc/>
    public async Task<ModelLookup> ResolveModelAsync(string reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        int at = reference.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            return TryReadPrefix(reference[(at + 1)..], out string prefix)
                ? Judge(await FindByPrefixAsync(reference[..at], prefix, cancellationToken).ConfigureAwait(false))
                : new ModelLookup.NotFound();
        }

        IReadOnlyList<ModelRow> latest = await _database.QueryAsync<ModelRow>(
            SelectModels + " JOIN model_names AS n ON n.sequence = m.sequence WHERE n.name = @reference", new { reference }, cancellationToken).ConfigureAwait(false);
        if (latest.Count > 0)
        {
            return new ModelLookup.Found(latest[0].ToModel());
        }

        return TryReadPrefix(reference, out string digestPrefix) && digestPrefix.Length >= MinDigestPrefixLength
            ? Judge(await FindByPrefixAsync(name: null, digestPrefix, cancellationToken).ConfigureAwait(false))
            : new ModelLookup.NotFound();
    }

    private static int InsertModel(DatabaseTransaction transaction, ModelVersion model)
    {
        CheckLinks(transaction, model);
        int inserted = transaction.Execute(
            """
            INSERT INTO models (name, digest, folder, created_at, source, license, parameter_count, run_id, facts)
            VALUES (@Name, @Digest, @Folder, @CreatedAt, @Source, @License, @ParameterCount, @RunId, @Facts)
            ON CONFLICT (name, digest) DO NOTHING
            """,
            new
            {
                model.Name,
                Digest = model.Digest.Value,
                model.Folder,
                CreatedAt = StoredTime.Format(model.CreatedAt),
                model.Source,
                model.License,
                model.ParameterCount,
                model.RunId,
                Facts = StoredFacts.Format(model.Facts),
            });
        if (inserted == 0)
        {
            return 0;
        }

        long sequence = transaction.Scalar<long>("SELECT sequence FROM models WHERE name = @Name AND digest = @Digest", new { model.Name, Digest = model.Digest.Value });
        for (int position = 0; position < model.DataSets.Count; position++)
        {
            transaction.Execute(
                "INSERT INTO model_data_sets (model, position, data_set) VALUES (@sequence, @position, @dataSet)",
                new { sequence, position, dataSet = model.DataSets[position].Value });
        }

        transaction.Execute(
            "INSERT INTO model_names (name, sequence) VALUES (@Name, @sequence) ON CONFLICT (name) DO UPDATE SET sequence = @sequence",
            new { model.Name, sequence });
        return inserted;
    }

    /// <summary>The foreign keys hold too; this says which link is missing.</summary>
    private static void CheckLinks(DatabaseTransaction transaction, ModelVersion model)
    {
        if (model.RunId is { } run && transaction.Scalar<long>("SELECT count(*) FROM runs WHERE id = @run", new { run }) == 0)
        {
            throw new ArgumentException($"The model {model.Name} names the run {run}, which is not registered. Save the run first.", nameof(model));
        }

        foreach (ContentDigest dataSet in model.DataSets)
        {
            if (transaction.Scalar<long>("SELECT count(*) FROM data_sets WHERE digest = @Value", new { dataSet.Value }) == 0)
            {
                throw new ArgumentException($"The model {model.Name} names the data set {dataSet}, which is not registered. Register the data set first.", nameof(model));
            }
        }
    }

    private Task<IReadOnlyList<ModelRow>> FindByPrefixAsync(string? name, string prefix, CancellationToken cancellationToken)
    {
        // A range instead of LIKE, so that the index on the digest serves it; 'g' follows every hex digit.
        string from = RegistryChecks.DigestPrefix + prefix;
        return _database.QueryAsync<ModelRow>(
            SelectModels + " WHERE m.digest >= @from AND m.digest < @to AND (@name IS NULL OR m.name = @name)" + NewestFirst,
            new { from, to = from + "g", name },
            cancellationToken);
    }

    /// <summary>Several names for one digest are one version: the content is the same.</summary>
    private static ModelLookup Judge(IReadOnlyList<ModelRow> rows) => rows.DistinctBy(row => row.Digest, StringComparer.Ordinal).Count() switch
    {
        0 => new ModelLookup.NotFound(),
        1 => new ModelLookup.Found(rows[0].ToModel()),
        _ => new ModelLookup.Ambiguous(ToModels(rows)),
    };

    private static bool TryReadPrefix(string text, out string prefix)
    {
        prefix = text.StartsWith(RegistryChecks.DigestPrefix, StringComparison.Ordinal) ? text[RegistryChecks.DigestPrefix.Length..] : text;
        prefix = prefix.ToLowerInvariant();
        return RegistryChecks.IsHex(prefix);
    }

    private static List<ModelVersion> ToModels(IReadOnlyList<ModelRow> rows) => [.. rows.Select(row => row.ToModel())];

    private sealed class ModelRow
    {
        public long Sequence { get; init; }

        public string Name { get; init; } = "";

        public string Digest { get; init; } = "";

        public string Folder { get; init; } = "";

        public string CreatedAt { get; init; } = "";

        public string Source { get; init; } = "";

        public string License { get; init; } = "";

        public long ParameterCount { get; init; }

        public string? RunId { get; init; }

        public string? Facts { get; init; }

        public string? DataSets { get; init; }

        public ModelVersion ToModel() => new()
        {
            Name = Name,
            Digest = new ContentDigest(Digest),
            Folder = Folder,
            CreatedAt = StoredTime.Parse(CreatedAt),
            Source = Source,
            License = License,
            ParameterCount = ParameterCount,
            RunId = RunId,
            Facts = StoredFacts.Parse(Facts),
            DataSets = [.. (DataSets ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(digest => new ContentDigest(digest))],
        };
    }
}
