namespace Lazuli.Registry;

/// <summary>What kept a hub's files from coming.</summary>
public enum HubFailure
{
    /// <summary>The reference, the address of the hub or a choice of files is written wrongly.</summary>
    Usage,

    /// <summary>There is no such repository, revision or file, or it is hidden from this caller.</summary>
    NotFound,

    /// <summary>The hub wants a token, or does not accept the one given.</summary>
    NeedsToken,

    /// <summary>The repository is given out on request only, and this caller has not been let in.</summary>
    Gated,

    /// <summary>The hub answered something that breaks its own rules: other sizes, no JSON, hostile paths.</summary>
    BadAnswer,

    /// <summary>What came is not what the hub said would come.</summary>
    DigestMismatch,

    /// <summary>The disk has too little room.</summary>
    NoRoom,

    /// <summary>Another process is fetching the same file.</summary>
    InUse,

    /// <summary>The hub cannot be reached, or breaks off again and again.</summary>
    Unreachable,
}
