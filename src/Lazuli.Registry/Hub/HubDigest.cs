using System.Buffers;

namespace Lazuli.Registry;

/// <summary>The digest by which a hub knows a file's content: SHA-256 of large files, the id of a git blob of small ones.</summary>
/// <param name="Algorithm"><c>sha256</c> or <c>git-sha1</c>.</param>
/// <param name="Hex">Lower-case hex digits, 64 or 40.</param>
public readonly record struct HubDigest(string Algorithm, string Hex)
{
    internal const string Sha256 = "sha256";
    internal const string GitSha1 = "git-sha1";

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary>The name of a file that holds or will hold this content.</summary>
    public string FileName => $"{Algorithm}-{Hex}";

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm}:{Hex}";

    /// <summary>Reads a digest of either kind, bare or as an entity tag; null for other texts.</summary>
    internal static HubDigest? Find(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string hex = (text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text).Trim('"');
        return hex.AsSpan().ContainsAnyExcept(s_hex) ? null : hex.Length switch
        {
            64 => new HubDigest(Sha256, hex),
            40 => new HubDigest(GitSha1, hex),
            _ => null,
        };
    }
}
