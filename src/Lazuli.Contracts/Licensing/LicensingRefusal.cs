namespace Lazuli.Contracts;

/// <summary>Why a change was refused.</summary>
public enum LicensingRefusal
{
    /// <summary>What it is about does not exist.</summary>
    NotFound,

    /// <summary>The actor's party or role may not do that.</summary>
    NotAllowed,

    /// <summary>It is wrong in itself: form, length, dates, sums.</summary>
    Invalid,

    /// <summary>It contradicts something that is there.</summary>
    Conflict,
}
