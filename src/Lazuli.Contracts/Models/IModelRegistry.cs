namespace Lazuli.Contracts;

/// <summary>Models, data sets and runs, and what came from what.</summary>
public interface IModelRegistry
{
    /// <summary>Registers a version; registering the same digest under the same name again changes nothing. The name's latest version becomes this one.</summary>
    Task RegisterModelAsync(ModelVersion model, CancellationToken cancellationToken);

    /// <summary>All versions, newest first.</summary>
    Task<IReadOnlyList<ModelVersion>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>Finds by <c>name</c> (its latest), <c>name@digest-prefix</c> or a digest prefix of at least 6 hex digits; null when none, or more than one, matches.</summary>
    Task<ModelVersion?> FindModelAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Registers a data set; idempotent by digest.</summary>
    Task RegisterDataSetAsync(DataSetVersion dataSet, CancellationToken cancellationToken);

    /// <summary>All data sets, newest first.</summary>
    Task<IReadOnlyList<DataSetVersion>> ListDataSetsAsync(CancellationToken cancellationToken);

    /// <summary>Inserts or updates a run.</summary>
    Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>All runs, newest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken);

    /// <summary>A run by id or unique id prefix; null when none matches.</summary>
    Task<RunRecord?> FindRunAsync(string id, CancellationToken cancellationToken);
}
