namespace Lazuli.Training;

/// <summary>Forms of a learning-rate schedule.</summary>
public enum ScheduleKind
{
    /// <summary>Warm-up, stable, decay (arXiv:2405.18392): flat until the last part, then down. A run can be branched or made longer from the plateau.</summary>
    Wsd,

    /// <summary>Half a cosine from the end of warm-up to the end of the run.</summary>
    Cosine,

    /// <summary>A line from the end of warm-up to the end of the run.</summary>
    Linear,

    /// <summary>Flat after warm-up.</summary>
    Constant,
}
