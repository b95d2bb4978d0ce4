using Lazuli.Contracts;

namespace Lazuli.Registry;

internal sealed partial class ModelRegistry
{
    /// <inheritdoc/>
    public async Task<ModelLineage?> FindLineageAsync(ContentDigest model, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelRow> rows = await _database.QueryAsync<ModelRow>(
            SelectModels + " WHERE m.digest = @Value" + NewestFirst + " LIMIT 1", new { model.Value }, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return null;
        }

        IReadOnlyList<RunRow> runs = await _database.QueryAsync<RunRow>(
            SelectRuns + " WHERE r.id = @RunId", new { rows[0].RunId }, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<DataSetRow> dataSets = await _database.QueryAsync<DataSetRow>(
            SelectDataSets + " JOIN model_data_sets AS l ON l.data_set = d.digest WHERE l.model = @Sequence ORDER BY l.position",
            new { rows[0].Sequence },
            cancellationToken).ConfigureAwait(false);
        return new ModelLineage(rows[0].ToModel(), runs.Count > 0 ? runs[0].ToRun() : null, [.. dataSets.Select(row => row.ToDataSet())]);
    }
}
