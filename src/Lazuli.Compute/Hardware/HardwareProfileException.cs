namespace Lazuli.Compute;

/// <summary>A hardware profile cannot be used: says which file, which profile, which field, and why.</summary>
public sealed class HardwareProfileException : Exception
{
    /// <summary>Says what is wrong with <paramref name="field"/> of <paramref name="profile"/>.</summary>
    public HardwareProfileException(string file, string profile, string field, string reason, Exception? inner = null)
        : base($"{file}: profile '{profile}', field '{field}': {reason}", inner)
    {
        File = file;
        Profile = profile;
        Field = field;
    }

    /// <summary>The file, or the table that comes with Lazuli.</summary>
    public string File { get; }

    /// <summary>Name of the profile, or its place in the file.</summary>
    public string Profile { get; }

    /// <summary>The field, as the file spells it.</summary>
    public string Field { get; }
}
