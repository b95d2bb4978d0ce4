using System.Globalization;
using Lazuli.Proofs;

namespace Lazuli.Storage;

/// <summary>Compares every file of a log with a signed checkpoint, from the root down: a tile is compared with the hash that a trusted tile has of it, so each fault is found in the file that has it.</summary>
/// <remarks>Holds one tile a level and one bundle at a time.</remarks>
internal sealed class LogAudit(LogFiles files, Checkpoint signed)
{
    private readonly List<LogFault> _faults = [];
    private CancellationToken _cancellationToken;

    /// <summary>Reads everything.</summary>
    public IReadOnlyList<LogFault> Run(LogIdentity identity, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        CheckPublicCheckpoint(identity);
        IReadOnlyList<LogFault> edge = EdgeFaults(files, signed);
        _faults.AddRange(edge);
        for (int level = TileAddress.HighestLevel; level >= 0; level--)
        {
            long hashes = signed.Size >> (8 * level);
            if (TileAddress.InTree(level, hashes / TileAddress.FullWidth, signed.Size) is { } partial && !edge.Any(fault => fault.Path == files[partial.Path]))
            {
                CheckBelow(Tile.Parse(partial, files.ReadTile(partial)!));
            }
        }

        return _faults;
    }

    /// <summary>The partial tiles that keep the right edge from leading to the signed root.</summary>
    public static IReadOnlyList<LogFault> EdgeFaults(LogFiles files, Checkpoint signed)
    {
        var read = new List<Tile>();
        var faults = new List<LogFault>();
        for (int level = 0; level <= TileAddress.HighestLevel; level++)
        {
            if (TileAddress.InTree(level, (signed.Size >> (8 * level)) / TileAddress.FullWidth, signed.Size) is { } address)
            {
                if (ReadTile(files, address, faults) is { } tile)
                {
                    read.Add(tile);
                }
            }
        }

        if (faults.Count > 0 || signed.Size == 0 || RootOf(signed.Size, read) == signed.Root)
        {
            return faults;
        }

        // Which one it is: the one in whose place the tile made from what lies below leads to the root.
        for (int i = 0; i < read.Count; i++)
        {
            if (Remade(files, read[i].Address) is { } remade && RootOf(signed.Size, [.. read[..i], remade, .. read[(i + 1)..]]) == signed.Root)
            {
                return [Differs(files, read[i], remade)];
            }
        }

        return [.. read.Select(tile => new LogFault(files[tile.Address.Path], $"right edge of a tree with the root {signed.Root}", "tiles that lead to another root, more than one of them changed"))];
    }

    /// <summary>The first entry that does not have the hash that the tile has.</summary>
    public static int? DifferingEntry(Tile tile, IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (MerkleHash.OfLeaf(entries[i].Span) != tile[i])
            {
                return i;
            }
        }

        return null;
    }

    private void CheckPublicCheckpoint(LogIdentity identity)
    {
        try
        {
            byte[] note = LogFiles.Read(files.CheckpointPath) ?? throw new LogRefusedException(files.CheckpointPath, "the checkpoint signed last", "no file");
            Checkpoint found = identity.Verified(note, files.CheckpointPath).Checkpoint;
            if (found.Size < signed.Size || (found.Size == signed.Size && found.Root != signed.Root))
            {
                _faults.Add(new LogFault(files.CheckpointPath, $"a checkpoint of {signed.Size} leaves with the root {signed.Root}", $"one of {found.Size} with the root {found.Root}"));
            }
        }
        catch (LogRefusedException e)
        {
            _faults.Add(new LogFault(e.LogPath, e.Expected, e.Found));
        }
    }

    /// <summary>What lies below a tile that is right.</summary>
    private void CheckBelow(Tile tile)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        CheckPartials(tile);
        if (tile.Address.Level == 0)
        {
            CheckEntries(tile);
            return;
        }

        for (int i = 0; i < tile.Address.Width; i++)
        {
            var below = new TileAddress(tile.Address.Level - 1, (tile.Address.Index * TileAddress.FullWidth) + i, TileAddress.FullWidth);
            if (ReadTile(files, below, _faults) is not { } child)
            {
                continue;
            }

            MerkleHash root = child.Root(0, 8);
            if (root == tile[i])
            {
                CheckBelow(child);
            }
            else
            {
                string where = Remade(files, below) is { } remade && remade.Root(0, 8) == tile[i] ? Differs(files, child, remade).Found : $"the root {root}";
                _faults.Add(new LogFault(files[below.Path], $"a tile with the root {tile[i]}, which {tile.Address.Path} has", where));
            }
        }
    }

    private void CheckEntries(Tile tile)
    {
        var address = new EntryBundleAddress(tile.Address.Index, tile.Address.Width);
        try
        {
            IReadOnlyList<ReadOnlyMemory<byte>> entries = files.ReadBundle(address);
            if (DifferingEntry(tile, entries) is { } position)
            {
                _faults.Add(EntryFault(address, tile, entries, position));
            }

            foreach ((string path, int width) in Partials(files[new EntryBundleAddress(address.Index, TileAddress.FullWidth).Path]))
            {
                if (width < address.Width && EntryBundle.Parse(new EntryBundleAddress(address.Index, width), LogFiles.Read(path)!) is { } some && DifferingEntry(tile, some) is { } at)
                {
                    _faults.Add(EntryFault(new EntryBundleAddress(address.Index, width), tile, some, at));
                }
            }
        }
        catch (LogRefusedException e)
        {
            _faults.Add(new LogFault(e.LogPath, e.Expected, e.Found));
        }
        catch (TileFormatException e)
        {
            _faults.Add(new LogFault(files[e.Path], e.Expected, e.Found));
        }
    }

    /// <summary>Partial forms from earlier checkpoints, which somebody may still ask for.</summary>
    private void CheckPartials(Tile tile)
    {
        foreach ((string path, int width) in Partials(files[new TileAddress(tile.Address.Level, tile.Address.Index, TileAddress.FullWidth).Path]))
        {
            byte[]? bytes = width < tile.Address.Width ? LogFiles.Read(path) : null;
            if (bytes is null)
            {
                continue;
            }

            if (bytes.Length != width * MerkleHash.Length)
            {
                _faults.Add(new LogFault(path, $"{width * MerkleHash.Length} bytes", $"{bytes.Length}"));
                continue;
            }

            for (int i = 0; i < width; i++)
            {
                if (new MerkleHash(bytes.AsSpan(i * MerkleHash.Length, MerkleHash.Length)) != tile[i])
                {
                    _faults.Add(new LogFault(path, $"the beginning of {tile.Address.Path}", $"another hash {i}"));
                    break;
                }
            }
        }
    }

    private LogFault EntryFault(EntryBundleAddress address, Tile tile, IReadOnlyList<ReadOnlyMemory<byte>> entries, int position) => new(
        files[address.Path],
        $"entry {(address.Index * TileAddress.FullWidth) + position} with the leaf hash {tile[position]}, which {tile.Address.Path} has",
        $"an entry with {MerkleHash.OfLeaf(entries[position].Span)}");

    private static IEnumerable<(string Path, int Width)> Partials(string full)
    {
        string folder = full + ".p";
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width is > 0 and < TileAddress.FullWidth)
            {
                yield return (path, width);
            }
        }
    }

    private static Tile? ReadTile(LogFiles files, TileAddress address, List<LogFault> faults)
    {
        try
        {
            if (files.ReadTile(address) is { } bytes)
            {
                return Tile.Parse(address, bytes);
            }

            faults.Add(new LogFault(files[address.Path], "a tile", "no file"));
        }
        catch (TileFormatException e)
        {
            faults.Add(new LogFault(files[e.Path], e.Expected, e.Found));
        }

        return null;
    }

    /// <summary>The tile as the files below it say; null when they say nothing.</summary>
    private static Tile? Remade(LogFiles files, TileAddress address)
    {
        byte[] bytes = new byte[address.ByteLength];
        if (address.Level == 0)
        {
            try
            {
                IReadOnlyList<ReadOnlyMemory<byte>> entries = files.ReadBundle(new EntryBundleAddress(address.Index, address.Width));
                for (int i = 0; i < entries.Count; i++)
                {
                    MerkleHash.OfLeaf(entries[i].Span).CopyTo(bytes.AsSpan(i * MerkleHash.Length));
                }

                return Tile.Parse(address, bytes);
            }
            catch (LogRefusedException)
            {
                return null; // told where that bundle is checked
            }
        }

        for (int i = 0; i < address.Width; i++)
        {
            if (ReadTile(files, new TileAddress(address.Level - 1, (address.Index * TileAddress.FullWidth) + i, TileAddress.FullWidth), []) is not { } child)
            {
                return null;
            }

            child.Root(0, 8).CopyTo(bytes.AsSpan(i * MerkleHash.Length));
        }

        return Tile.Parse(address, bytes);
    }

    private static LogFault Differs(LogFiles files, Tile found, Tile wanted)
    {
        int position = Enumerable.Range(0, wanted.Address.Width).First(i => found[i] != wanted[i]);
        return new LogFault(files[found.Address.Path], $"hash {position} to be {wanted[position]}", $"hash {position} is {found[position]}");
    }

    private static MerkleHash RootOf(long size, IReadOnlyList<Tile> edge) => new TileTreeWriter(size, edge).Root;
}
