using Lazuli.Proofs;

namespace Lazuli.Storage;

/// <summary>The right edge of a log: its partial tiles and the entries of its last bundle, which is all that growing it needs. Never changed.</summary>
internal sealed class LogTail
{
    private readonly IReadOnlyList<Tile> _edge;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _entries;

    private LogTail(long size, MerkleHash root, IReadOnlyList<Tile> edge, IReadOnlyList<ReadOnlyMemory<byte>> entries, IReadOnlyList<string> filled)
    {
        Size = size;
        Root = root;
        _edge = edge;
        _entries = entries;
        Filled = filled;
    }

    public long Size { get; }

    public MerkleHash Root { get; }

    /// <summary>Names of the tiles and bundles that were full for the first time at this size.</summary>
    public IReadOnlyList<string> Filled { get; }

    /// <summary>Reads the edge of a signed tree and checks that it, and the last bundle, lead to the signed root.</summary>
    /// <exception cref="LogRefusedException">They do not; the file is named.</exception>
    public static LogTail Read(LogFiles files, Checkpoint signed)
    {
        if (signed.Size == 0)
        {
            return new LogTail(0, MerkleHash.OfEmptyTree, [], [], []);
        }

        try
        {
            IReadOnlyList<Tile> edge = new TileTree(files, signed.Size).RightEdgeAsync(default).AsTask().GetAwaiter().GetResult();
            MerkleHash root = new TileTreeWriter(signed.Size, edge).Root;
            if (root != signed.Root)
            {
                IReadOnlyList<LogFault> faults = LogAudit.EdgeFaults(files, signed);
                throw new LogRefusedException(faults[0].Path, $"tiles that lead to the signed root {signed.Root} of {signed.Size} leaves", $"{root}, because of: {faults[0].Found}");
            }

            return new LogTail(signed.Size, root, edge, ReadLastBundle(files, signed.Size), []);
        }
        catch (TileFormatException e)
        {
            throw new LogRefusedException(files[e.Path], e.Expected, e.Found, e);
        }
    }

    /// <summary>Writes the bundles and tiles of the tree with these entries more; signs nothing.</summary>
    public LogTail Grow(LogFiles files, IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var writer = new TileTreeWriter(Size, _edge);
        List<ReadOnlyMemory<byte>> bundle = [.. _entries];
        List<string> filled = [];
        foreach (ReadOnlyMemory<byte> entry in entries)
        {
            bundle.Add(entry);
            writer.AppendHash(MerkleHash.OfLeaf(entry.Span));
            if (bundle.Count == TileAddress.FullWidth)
            {
                WriteBundle(files, writer.Size, bundle);
                filled.Add(new EntryBundleAddress((writer.Size / TileAddress.FullWidth) - 1, TileAddress.FullWidth).Path);
                bundle.Clear();
            }
        }

        if (bundle.Count > 0)
        {
            WriteBundle(files, writer.Size, bundle);
        }

        long size = writer.Size;
        MerkleHash root = writer.Root;
        List<Tile> edge = [];
        foreach ((TileAddress address, byte[] bytes) in writer.TakeTiles())
        {
            files.Write(files[address.Path], bytes, settle: false);
            if (!address.IsPartial)
            {
                filled.Add(address.Path);
            }
            else
            {
                edge.Add(Tile.Parse(address, bytes));
            }
        }

        // A level that did not grow keeps its partial tile.
        edge.AddRange(_edge.Where(old => old.Address.Width == (size >> (8 * old.Address.Level)) % TileAddress.FullWidth && edge.TrueForAll(tile => tile.Address.Level != old.Address.Level)
            && old.Address.Index == (size >> (8 * old.Address.Level)) / TileAddress.FullWidth));
        edge.Sort((a, b) => a.Address.Level.CompareTo(b.Address.Level));
        return new LogTail(size, root, edge, bundle, filled);
    }

    private static void WriteBundle(LogFiles files, long end, List<ReadOnlyMemory<byte>> bundle) =>
        files.Write(files[new EntryBundleAddress((end - 1) / TileAddress.FullWidth, bundle.Count).Path], EntryBundle.Format(bundle), settle: false);

    /// <summary>The entries of the partial bundle, after the last bundle, full or partial, was compared with its tile.</summary>
    private static IReadOnlyList<ReadOnlyMemory<byte>> ReadLastBundle(LogFiles files, long size)
    {
        TileAddress address = TileAddress.InTree(0, (size - 1) / TileAddress.FullWidth, size)!.Value;
        var bundle = new EntryBundleAddress(address.Index, address.Width);
        byte[] bytes = files.ReadTile(address) ?? throw new LogRefusedException(files[address.Path], "a tile", "no file");
        Tile tile = Tile.Parse(address, bytes);
        IReadOnlyList<ReadOnlyMemory<byte>> entries = files.ReadBundle(bundle);
        if (LogAudit.DifferingEntry(tile, entries) is { } position)
        {
            throw new LogRefusedException(files[bundle.Path], $"entry {(address.Index * TileAddress.FullWidth) + position} with the leaf hash {tile[position]}", MerkleHash.OfLeaf(entries[position].Span).ToString());
        }

        if (address.IsPartial)
        {
            return entries;
        }

        CheckUpwards(files, tile, size);
        return [];
    }

    /// <summary>Compares a full tile with the hash that the tile above has of it, up to one in the edge, which leads to the root.</summary>
    private static void CheckUpwards(LogFiles files, Tile tile, long size)
    {
        while (!tile.Address.IsPartial && TileAddress.InTree(tile.Address.Level + 1, tile.Address.Index / TileAddress.FullWidth, size) is { } above)
        {
            Tile parent = Tile.Parse(above, files.ReadTile(above) ?? throw new LogRefusedException(files[above.Path], "a tile", "no file"));
            MerkleHash wanted = parent[(int)(tile.Address.Index % TileAddress.FullWidth)];
            MerkleHash found = tile.Root(0, 8);
            if (found != wanted)
            {
                throw new LogRefusedException(files[tile.Address.Path], $"a tile with the root {wanted}, which {above.Path} has", found.ToString());
            }

            tile = parent;
        }
    }
}
