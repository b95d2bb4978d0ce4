namespace Lazuli.Training;

/// <summary>How far a run is.</summary>
public enum RunStatus
{
    /// <summary>It trains, or its process was killed; the run directory's lock tells which.</summary>
    Running,

    /// <summary>It did all its steps.</summary>
    Completed,

    /// <summary>It was cancelled; it can be resumed.</summary>
    Cancelled,

    /// <summary>It stopped with an error; <see cref="RunSummary.Failure"/> says which.</summary>
    Failed,
}
