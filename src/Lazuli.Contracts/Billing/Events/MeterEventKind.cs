namespace Lazuli.Contracts;

/// <summary>What a meter event is about.</summary>
public enum MeterEventKind
{
    /// <summary>A request to a model; charged by tokens.</summary>
    Request,

    /// <summary>A job, such as training; charged by begun device-seconds.</summary>
    Job,

    /// <summary>The difference between what an earlier event says and what was used.</summary>
    Correction,

    /// <summary>A number of a source outside that never came, or was dropped: it counts nothing, and keeps the numbers without gaps.</summary>
    GivenUp,
}
