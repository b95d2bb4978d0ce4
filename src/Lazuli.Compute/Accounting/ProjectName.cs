using System.Buffers;

namespace Lazuli.Compute;

/// <summary>Names of projects: what compute is counted to.</summary>
public static class ProjectName
{
    /// <summary>What a name must be, in words.</summary>
    public const string Rule = "a project's name is 1 to 64 letters, digits and . _ - and begins with a letter or digit";

    /// <summary>What a name must be, as a pattern of the whole text.</summary>
    public const string Pattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private const int MaxLength = 64;
    private static readonly SearchValues<char> s_allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether <paramref name="name"/> may name a project.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(s_allowed);
}
