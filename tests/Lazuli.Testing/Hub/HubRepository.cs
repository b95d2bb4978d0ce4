using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Testing;

/// <summary>A repository of the imitation: files at one commit, which <c>main</c> means.</summary>
public sealed class HubRepository
{
    /// <summary>The commit.</summary>
    public string Commit { get; set; } = new('a', 40);

    /// <summary>Content by path.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of so many bytes or more lie on the content server, as git-lfs has them.</summary>
    public int LargeFrom { get; set; } = 1_000;

    /// <summary>Given out to those with a token that has been let in.</summary>
    public bool IsGated { get; set; }

    /// <summary>Hidden from those without a token.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>Whether the listing says sizes and digests.</summary>
    public bool ListsBlobs { get; set; } = true;

    /// <summary>The card's licence.</summary>
    public string? License { get; set; }

    /// <summary>Whether the content server has it.</summary>
    public bool IsLarge(string path) => Files[path].Length >= LargeFrom;

    /// <summary>The tag under which the hub knows a file: SHA-256 of large ones, git's id of others.</summary>
    public string TagOf(string path) => IsLarge(path) ? Convert.ToHexStringLower(SHA256.HashData(Files[path])) : GitId(Files[path]);

    /// <summary>Git's id of a blob.</summary>
    public static string GitId(byte[] content)
    {
#pragma warning disable CA5350 // It is git's.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {content.Length}\0")), .. content]));
#pragma warning restore CA5350
    }
}
