namespace Lazuli.Contracts;

/// <summary>Whom limits are set for.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
public readonly record struct LimitSubject(LimitSubjectKind Kind, string Id)
{
    /// <summary>A key.</summary>
    public static LimitSubject Key(string id) => new(LimitSubjectKind.Key, id);

    /// <summary>A project.</summary>
    public static LimitSubject Project(ProjectId id) => new(LimitSubjectKind.Project, id.Value);

    /// <summary>A party.</summary>
    public static LimitSubject Party(PartyId id) => new(LimitSubjectKind.Party, id.Value);

    /// <summary>A grant, and so everybody below it.</summary>
    public static LimitSubject Grant(GrantId id) => new(LimitSubjectKind.Grant, id.Value);

    public override string ToString() => $"{Kind switch { LimitSubjectKind.Key => "key", LimitSubjectKind.Project => "project", LimitSubjectKind.Party => "party", _ => "grant" }} {Id}";
}

/// <summary>What limits can be set for.</summary>
public enum LimitSubjectKind
{
    /// <summary>A key.</summary>
    Key,

    /// <summary>A project.</summary>
    Project,

    /// <summary>A party.</summary>
    Party,

    /// <summary>A grant.</summary>
    Grant,
}
