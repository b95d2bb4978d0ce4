namespace Lazuli.Contracts;

/// <summary>What sums keep apart.</summary>
[Flags]
public enum UsageGroups
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Projects.</summary>
    Project = 1,

    /// <summary>Keys.</summary>
    Key = 2,

    /// <summary>Models.</summary>
    Model = 4,

    /// <summary>Batches and the rest.</summary>
    Batch = 8,

    /// <summary>Models and, of each, what is priced apart; costs only.</summary>
    LineItem = 16,
}
