using Lazuli.Proofs;

namespace Lazuli.Storage;

/// <summary>The files of a log, laid out as C2SP tlog-tiles says, so that any web server can serve the folder.</summary>
/// <remarks>
/// A file is written under a temporary name, synced, and renamed: under its own name it is whole. .NET cannot sync a folder; the file
/// systems in use keep renames in the order in which they were made and make them durable with the next sync of any later one, so a
/// rename is durable once a file that was renamed after it is.
/// </remarks>
internal class LogFiles(string folder) : ITileSource
{
    private readonly string _incoming = Path.Combine(folder, "incoming");

    public string Folder { get; } = Path.GetFullPath(folder);

    public string CheckpointPath => this["checkpoint"];

    /// <summary>The absolute path of a name that C2SP gives.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Puts a file in its place, whole.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="settle">Whether also the name must be durable when this ends, and with it all that were written before.</param>
    public virtual void Write(string path, ReadOnlySpan<byte> bytes, bool settle)
    {
        Directory.CreateDirectory(_incoming);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = Path.Combine(_incoming, "file");
        using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        File.Move(temporary, path, overwrite: true);
        if (settle)
        {
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>The file's bytes; null when there is none.</summary>
    public static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The tile's bytes as they lie; of a partial one that was removed since, the beginning of the full one.</summary>
    public byte[]? ReadTile(TileAddress address)
    {
        if (Read(this[address.Path]) is { } bytes)
        {
            return bytes;
        }

        return address.IsPartial && FullOf(address) is { } full && Read(this[full.Path]) is { } all && all.Length >= address.ByteLength ? all[..address.ByteLength] : null;
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileAddress address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ReadTile(address) is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null);

    /// <summary>The entries of a bundle, or of the beginning of the full one in its place.</summary>
    /// <exception cref="LogRefusedException">It is missing or malformed.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> ReadBundle(EntryBundleAddress address)
    {
        try
        {
            if (Read(this[address.Path]) is { } bytes)
            {
                return EntryBundle.Parse(address, bytes);
            }

            var full = new EntryBundleAddress(address.Index, TileAddress.FullWidth);
            return address.Width < TileAddress.FullWidth && Read(this[full.Path]) is { } all
                ? [.. EntryBundle.Parse(full, all).Take(address.Width)]
                : throw new LogRefusedException(this[address.Path], $"a bundle of {address.Width} entries", "no file");
        }
        catch (TileFormatException e)
        {
            throw new LogRefusedException(this[e.Path], e.Expected, e.Found, e);
        }
    }

    /// <summary>Removes the partial forms of a tile of which the full one is there for good.</summary>
    public void RemovePartials(string fullName)
    {
        string partials = this[fullName + ".p"];
        if (Directory.Exists(partials))
        {
            Directory.Delete(partials, recursive: true);
        }
    }

    /// <summary>Removes what lies beyond a tree of <paramref name="size"/> leaves, which a crash left before it was signed.</summary>
    /// <returns>Number of files removed.</returns>
    public int CutBeyond(long size)
    {
        int removed = CutBeyond(size, index => new EntryBundleAddress(index, TileAddress.FullWidth).Path);
        for (int level = 0; level <= TileAddress.HighestLevel; level++)
        {
            int at = level;
            removed += CutBeyond(size >> (8 * level), index => new TileAddress(at, index, TileAddress.FullWidth).Path);
        }

        return removed;
    }

    private int CutBeyond(long hashes, Func<long, string> nameOf)
    {
        int removed = 0;
        for (long index = hashes / TileAddress.FullWidth; ; index++)
        {
            int width = index == hashes / TileAddress.FullWidth ? (int)(hashes % TileAddress.FullWidth) : 0;
            string full;
            try
            {
                full = this[nameOf(index)];
            }
            catch (ArgumentOutOfRangeException)
            {
                return removed; // no tree has such a tile
            }

            string partials = full + ".p";
            bool any = Directory.Exists(partials);
            foreach (string partial in any ? Directory.GetFiles(partials) : [])
            {
                if (!int.TryParse(Path.GetFileName(partial), out int w) || w > width)
                {
                    File.Delete(partial);
                    removed++;
                }
            }

            if (File.Exists(full))
            {
                File.Delete(full);
                removed++;
                any = true;
            }

            if (!any && index > hashes / TileAddress.FullWidth)
            {
                return removed;
            }
        }
    }

    private static TileAddress? FullOf(TileAddress partial)
    {
        try
        {
            return new TileAddress(partial.Level, partial.Index, TileAddress.FullWidth);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // at the very end of the largest tree
        }
    }
}
