namespace Lazuli.Contracts;

/// <summary>What came of a change of parties, projects, people, licences or keys. A refusal changed nothing.</summary>
/// <typeparam name="T">What the change makes.</typeparam>
public abstract record LicensingResult<T>
{
    private LicensingResult()
    {
    }

    /// <summary>It is done, and on the disk.</summary>
    /// <param name="Value">As it is now.</param>
    public sealed record Done(T Value) : LicensingResult<T>;

    /// <summary>It was refused.</summary>
    /// <param name="Code">Why, for programs.</param>
    /// <param name="Reasons">Why, for people: everything that is wrong, one sentence each.</param>
    public sealed record Refused(LicensingRefusal Code, IReadOnlyList<string> Reasons) : LicensingResult<T>;
}
