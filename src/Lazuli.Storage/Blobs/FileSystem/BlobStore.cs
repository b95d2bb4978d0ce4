using System.Buffers;
using System.Security.Cryptography;
using Lazuli.Contracts;

namespace Lazuli.Storage;

/// <summary>Immutable files, each under the SHA-256 digest of its content: <c>sha256/ab/abcd…</c>. Thread-safe.</summary>
/// <remarks>
/// A blob is written under a temporary name, synced, and only then renamed, so a blob that exists is whole. Every read verifies.
/// The rename itself is not synced (that needs the folder's handle): after a power cut a new blob may be missing, never half there.
/// </remarks>
public sealed class BlobStore
{
    private const int BufferBytes = 1 << 17;
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    private readonly string _root;
    private readonly string _incoming;

    /// <param name="folder">The folder of all blobs; made on first write.</param>
    public BlobStore(string folder)
    {
        _root = Path.Combine(folder, "sha256");
        _incoming = Path.Combine(folder, "incoming");
    }

    /// <summary>Stores the content; the same content stored twice is one blob.</summary>
    /// <exception cref="IOException">The disk is full or failed; nothing was stored.</exception>
    public async Task<ContentDigest> WriteAsync(Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_incoming);
        string temporary = Path.Combine(_incoming, Path.GetRandomFileName());
        try
        {
            ContentDigest digest;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
            {
                digest = await CopyAndDigestAsync(content, file, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            string path = PathOf(digest);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            return digest;
        }
        catch (ArgumentOutOfRangeException e)
        {
            // .NET's word for EFBIG: the file system's or the process's limit of a file's size, which is the world failing and no misuse.
            File.Delete(temporary);
            throw new IOException($"The blob is larger than a file may be in {_incoming}.", e);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Whether a blob of that digest is stored; its content is checked only by reading.</summary>
    public bool Contains(ContentDigest digest) => File.Exists(PathOf(digest));

    /// <summary>Opens a blob after verifying all of it; null when there is none of that digest.</summary>
    /// <exception cref="BlobDamagedException">The content is not what the digest says.</exception>
    public async Task<Stream?> OpenAsync(ContentDigest digest, CancellationToken cancellationToken)
    {
        string path = PathOf(digest);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            ContentDigest found = await CopyAndDigestAsync(file, Stream.Null, cancellationToken).ConfigureAwait(false);
            if (found != digest)
            {
                throw new BlobDamagedException(path, digest, found);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private string PathOf(ContentDigest digest)
    {
        const string Prefix = "sha256:";
        string value = digest.Value ?? "";

        // Also keeps a hostile digest from naming a file elsewhere.
        if (value.Length != Prefix.Length + 64 || !value.StartsWith(Prefix, StringComparison.Ordinal) || value.AsSpan(Prefix.Length).ContainsAnyExcept(s_hex))
        {
            throw new ArgumentException($"A digest is \"sha256:\" and 64 lower-case hex digits; got \"{value}\".", nameof(digest));
        }

        string hex = value[Prefix.Length..];
        return Path.Combine(_root, hex[..2], hex);
    }

    private static async Task<ContentDigest> CopyAndDigestAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new ContentDigest("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
