namespace Lazuli.Compute;

/// <summary>How a system's training compute became known.</summary>
public enum EstimateMethod
{
    /// <summary>The table does not say.</summary>
    Unknown,

    /// <summary>Method 1: operations counted from the network's shape and the examples seen.</summary>
    Count,

    /// <summary>Method 2: devices × their peak × time × utilisation.</summary>
    Time,

    /// <summary>The authors of the system said it.</summary>
    Reported,

    /// <summary>Read off a drawn chart.</summary>
    Digitised,
}
