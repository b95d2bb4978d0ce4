using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Registry;

internal sealed partial class ModelRegistry
{
    private const string SelectDataSets = """
        SELECT d.digest AS Digest, d.name AS Name, d.folder AS Folder, d.created_at AS CreatedAt, d.source AS Source, d.license AS License,
               d.training_tokens AS TrainingTokens, d.validation_tokens AS ValidationTokens
        FROM data_sets AS d
        """;

    /// <inheritdoc/>
    public Task RegisterDataSetAsync(DataSetVersion dataSet, CancellationToken cancellationToken)
    {
        RegistryChecks.DataSet(dataSet);
        return _database.WriteAsync(
            transaction => transaction.Execute(
                """
                INSERT INTO data_sets (digest, name, folder, created_at, source, license, training_tokens, validation_tokens)
                VALUES (@Digest, @Name, @Folder, @CreatedAt, @Source, @License, @TrainingTokens, @ValidationTokens)
                ON CONFLICT (digest) DO NOTHING
                """,
                new
                {
                    Digest = dataSet.Digest.Value,
                    dataSet.Name,
                    dataSet.Folder,
                    CreatedAt = StoredTime.Format(dataSet.CreatedAt),
                    dataSet.Source,
                    dataSet.License,
                    dataSet.TrainingTokens,
                    dataSet.ValidationTokens,
                }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DataSetVersion>> ListDataSetsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DataSetRow> rows = await _database.QueryAsync<DataSetRow>(
            SelectDataSets + " ORDER BY d.created_at DESC, d.sequence DESC", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToDataSet())];
    }

    private sealed class DataSetRow
    {
        public string Digest { get; init; } = "";

        public string Name { get; init; } = "";

        public string Folder { get; init; } = "";

        public string CreatedAt { get; init; } = "";

        public string Source { get; init; } = "";

        public string License { get; init; } = "";

        public long TrainingTokens { get; init; }

        public long ValidationTokens { get; init; }

        public DataSetVersion ToDataSet() => new()
        {
            Name = Name,
            Digest = new ContentDigest(Digest),
            Folder = Folder,
            CreatedAt = StoredTime.Parse(CreatedAt),
            Source = Source,
            License = License,
            TrainingTokens = TrainingTokens,
            ValidationTokens = ValidationTokens,
        };
    }
}
