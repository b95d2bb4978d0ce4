namespace Lazuli.Compute;

/// <summary>How the figures of a profile are known.</summary>
public enum ProfileStatus
{
    /// <summary>Published figures of a device that exists.</summary>
    Real,

    /// <summary>Measured on this machine by <c>lazuli bench limits</c>.</summary>
    MeasuredHere,

    /// <summary>Somebody's assumption about a device or network: not published, not measured.</summary>
    Proposed,
}
