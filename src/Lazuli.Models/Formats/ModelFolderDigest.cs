using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Models;

/// <summary>The digest that names a model version: of every file in its folder, by name and content.</summary>
public static class ModelFolderDigest
{
    private const int MaxDepth = 16;

    /// <summary>Computes <c>sha256:…</c> over one line a file, in order of name: <c>length of name:name size sha256</c>. Names are relative, with '/'; names that begin with a dot are tools' own and left out.</summary>
    /// <exception cref="IOException">A file cannot be read, or folders are nested more than 16 deep.</exception>
    public static string Compute(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(folder, "", 0, files);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string path) in files)
        {
            (long size, string digest) = DigestFile(path);
            all.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(name)}:{name} {size} {digest}\n")));
        }

        return "sha256:" + Convert.ToHexStringLower(all.GetHashAndReset());
    }

    private static void Collect(string folder, string prefix, int depth, SortedDictionary<string, string> files)
    {
        if (depth > MaxDepth)
        {
            throw new IOException($"'{folder}' is nested more than {MaxDepth} folders deep; a model is not, but links in a circle are.");
        }

        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (!Path.GetFileName(path).StartsWith('.'))
            {
                files.Add(prefix + Path.GetFileName(path), path);
            }
        }

        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            if (!Path.GetFileName(path).StartsWith('.'))
            {
                Collect(path, prefix + Path.GetFileName(path) + "/", depth + 1, files);
            }
        }
    }

    private static (long Size, string Digest) DigestFile(string path)
    {
        using FileStream stream = new(path, new FileStreamOptions { BufferSize = 1 << 20, Options = FileOptions.SequentialScan });
        string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        return (stream.Position, digest);
    }
}
