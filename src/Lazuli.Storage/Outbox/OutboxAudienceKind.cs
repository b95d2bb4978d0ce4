namespace Lazuli.Storage;

/// <summary>What an audience's id is of.</summary>
public enum OutboxAudienceKind
{
    /// <summary>A party.</summary>
    Party,

    /// <summary>A key: its project's owners.</summary>
    Key,

    /// <summary>A project: its owners.</summary>
    Project,

    /// <summary>A grant: licensor and licensee.</summary>
    Grant,
}
