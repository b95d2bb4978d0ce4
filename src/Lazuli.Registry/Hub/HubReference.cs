using System.Buffers;

namespace Lazuli.Registry;

/// <summary>A repository of a hub at a revision: <c>org/name</c> or <c>org/name@revision</c>.</summary>
public sealed record HubReference
{
    private const int MaxPart = 96;
    private const int MaxRevision = 200;
    private static readonly SearchValues<char> s_name = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly SearchValues<char> s_revision = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");

    private HubReference(string repository, string revision)
    {
        Repository = repository;
        Revision = revision;
    }

    /// <summary>Owner and name with a '/' between.</summary>
    public string Repository { get; }

    /// <summary>Branch, tag or commit; <c>main</c> when none was named.</summary>
    public string Revision { get; }

    /// <summary>The part behind the owner.</summary>
    public string Name => Repository[(Repository.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads <c>org/name[@revision]</c>.</summary>
    /// <exception cref="HubException">It is written otherwise.</exception>
    public static HubReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string repository = at < 0 ? text : text[..at];
        string revision = at < 0 ? "main" : text[(at + 1)..];
        string[] parts = repository.Split('/');
        return parts.Length == 2 && parts.All(IsName) && IsRevision(revision)
            ? new HubReference(repository, revision)
            : throw new HubException(HubFailure.Usage, $"'{text}' names no repository: expected org/name or org/name@revision, of letters, digits and . _ - (in a revision also /).");
    }

    /// <inheritdoc/>
    public override string ToString() => Revision == "main" ? Repository : $"{Repository}@{Revision}";

    private static bool IsName(string part) =>
        part.Length is > 0 and <= MaxPart && !part.AsSpan().ContainsAnyExcept(s_name) && part[0] is not ('.' or '-') && !part.Contains("..", StringComparison.Ordinal);

    private static bool IsRevision(string revision) =>
        revision.Length is > 0 and <= MaxRevision && !revision.AsSpan().ContainsAnyExcept(s_revision) && revision[0] is not ('.' or '-' or '/') && !revision.Contains("..", StringComparison.Ordinal);
}
