using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Registry;

internal sealed partial class ModelRegistry
{
    private const string SelectRuns = """
        SELECT r.id AS Id, r.recipe AS Recipe, r.status AS Status, r.folder AS Folder, r.started_at AS StartedAt, r.updated_at AS UpdatedAt,
               r.model AS Model, r.facts AS Facts, r.project AS Project
        FROM runs AS r
        """;

    /// <inheritdoc/>
    public Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        RegistryChecks.Run(run);
        return _database.WriteAsync(
            transaction => transaction.Execute(
                """
                INSERT INTO runs (id, recipe, status, folder, started_at, updated_at, model, facts, project)
                VALUES (@Id, @Recipe, @Status, @Folder, @StartedAt, @UpdatedAt, @Model, @Facts, @Project)
                ON CONFLICT (id) DO UPDATE SET
                    recipe = @Recipe, status = @Status, folder = @Folder, started_at = @StartedAt, updated_at = @UpdatedAt, model = @Model, facts = @Facts,
                    project = @Project
                """,
                new
                {
                    run.Id,
                    run.Recipe,
                    run.Status,
                    run.Folder,
                    StartedAt = StoredTime.Format(run.StartedAt),
                    UpdatedAt = StoredTime.Format(run.UpdatedAt),
                    Model = run.Model?.Value,
                    Facts = StoredFacts.Format(run.Facts),
                    run.Project,
                }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRow> rows = await _database.QueryAsync<RunRow>(
            SelectRuns + " ORDER BY r.started_at DESC, r.sequence DESC", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToRun())];
    }

    /// <inheritdoc/>
    public async Task<RunRecord?> FindRunAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length == 0)
        {
            return null;
        }

        // Compared by length and prefix, because LIKE would read % and _ in the id as wildcards. An exact match wins over longer ids.
        IReadOnlyList<RunRow> rows = await _database.QueryAsync<RunRow>(
            SelectRuns + " WHERE substr(r.id, 1, length(@id)) = @id ORDER BY length(r.id) LIMIT 2", new { id }, cancellationToken).ConfigureAwait(false);
        return rows.Count == 1 || (rows.Count > 1 && rows[0].Id == id) ? rows[0].ToRun() : null;
    }

    private sealed class RunRow
    {
        public string Id { get; init; } = "";

        public string Recipe { get; init; } = "";

        public string Status { get; init; } = "";

        public string Folder { get; init; } = "";

        public string StartedAt { get; init; } = "";

        public string UpdatedAt { get; init; } = "";

        public string? Model { get; init; }

        public string? Facts { get; init; }

        public string Project { get; init; } = "";

        public RunRecord ToRun() => new()
        {
            Id = Id,
            Recipe = Recipe,
            Status = Status,
            Folder = Folder,
            StartedAt = StoredTime.Parse(StartedAt),
            UpdatedAt = StoredTime.Parse(UpdatedAt),
            Model = Model is null ? null : new ContentDigest(Model),
            Facts = StoredFacts.Parse(Facts),
            Project = Project,
        };
    }
}
