namespace Lazuli.Contracts;

/// <summary>Models, data sets and runs, and what came from what.</summary>
public interface IModelRegistry
{
    /// <summary>Registers a version; registering the same digest under the same name again changes nothing. The name's latest version becomes this one.</summary>
    /// <remarks>Its run and data sets are registered before it.</remarks>
    /// <exception cref="ArgumentException">An empty source or licence, a name with characters other than letters, digits and <c>. _ - / :</c>, a malformed digest, or a run or data set that is not registered.</exception>
    Task RegisterModelAsync(ModelVersion model, CancellationToken cancellationToken);

    /// <summary>All versions, newest first.</summary>
    Task<IReadOnlyList<ModelVersion>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>Finds by <c>name</c> (its latest), <c>name@digest-prefix</c> or a digest prefix of at least 6 hex digits; null when none, or more than one, matches.</summary>
    Task<ModelVersion?> FindModelAsync(string reference, CancellationToken cancellationToken);

    /// <summary>As <see cref="FindModelAsync"/>, and says whether none or several matched.</summary>
    Task<ModelLookup> ResolveModelAsync(string reference, CancellationToken cancellationToken);

    /// <summary>The run and the data sets behind the newest version of that digest; null when no version has it.</summary>
    Task<ModelLineage?> FindLineageAsync(ContentDigest model, CancellationToken cancellationToken);

    /// <summary>Registers a data set; idempotent by digest.</summary>
    /// <exception cref="ArgumentException">An empty source or licence, a bad name, or a malformed digest.</exception>
    Task RegisterDataSetAsync(DataSetVersion dataSet, CancellationToken cancellationToken);

    /// <summary>All data sets, newest first.</summary>
    Task<IReadOnlyList<DataSetVersion>> ListDataSetsAsync(CancellationToken cancellationToken);

    /// <summary>Inserts or updates a run.</summary>
    /// <exception cref="ArgumentException">An empty id or an unknown status.</exception>
    Task SaveRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>All runs, newest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken);

    /// <summary>A run by id or unique id prefix; null when none matches.</summary>
    Task<RunRecord?> FindRunAsync(string id, CancellationToken cancellationToken);
}
