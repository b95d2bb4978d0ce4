using System.Buffers.Binary;
using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class TileTreeTests
{
    private const int Largest = 70_000;

    private static readonly MerkleTree _tree = Grow(Largest);

    [Fact]
    public void A_tree_of_70000_leaves_has_the_tiles_of_the_specifications_example()
    {
        TileAddress[] tiles = [.. TileGrowth.Tiles(0, 70_000)];
        Assert.Equal(273, tiles.Count(t => t is { Level: 0, IsPartial: false }));
        Assert.Equal(new TileAddress(0, 273, 112), Assert.Single(tiles, t => t is { Level: 0, IsPartial: true }));
        Assert.Equal([new TileAddress(1, 0, 256), new TileAddress(1, 1, 17)], tiles.Where(t => t.Level == 1));
        Assert.Equal([new TileAddress(2, 0, 1)], tiles.Where(t => t.Level == 2));
        Assert.Equal(273 + 1 + 2 + 1, tiles.Length);
        Assert.Equal([new TileAddress(0, 0, 256), new TileAddress(1, 0, 1)], TileGrowth.Tiles(0, 256));
        Assert.Empty(TileGrowth.Tiles(0, 0));
    }

    [Fact]
    public void Growth_writes_what_the_new_tree_has_and_the_old_one_had_not() =>
        Gen.Select(Gen.Int[0, Largest], Gen.Int[0, Largest]).Sample((a, b) =>
        {
            (int old, int size) = (Math.Min(a, b), Math.Max(a, b));
            HashSet<TileAddress> had = [.. TileGrowth.Tiles(0, old)];
            Assert.Equal(TileGrowth.Tiles(0, size).Where(t => !had.Contains(t)), TileGrowth.Tiles(old, size));
            Assert.Equal(TileGrowth.Tiles(old, size).Where(t => t.Level == 0).Select(t => t.Path["tile/0".Length..]), TileGrowth.Bundles(old, size).Select(t => t.Path["tile/entries".Length..]));
        }, iter: 200);

    [Fact]
    public void Growth_at_the_largest_sizes_is_found_without_counting_up_to_them()
    {
        TileAddress[] last = [.. TileGrowth.Tiles(long.MaxValue - 1, long.MaxValue)];
        Assert.Equal([new TileAddress(0, (1L << 55) - 1, 255)], last);
        Assert.Equal(1000, TileGrowth.Tiles(0, long.MaxValue).Take(1000).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrowth.Tiles(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileGrowth.Tiles(-1, 1));
    }

    [Fact]
    public void A_log_that_grows_in_any_steps_writes_the_same_tiles_and_proves_everything_from_them() =>
        Gen.Int[0, 700].Array[1, 5].Sample(steps =>
        {
            MemoryTiles tiles = new();
            TileTreeWriter writer = new();
            foreach (int step in steps)
            {
                long old = writer.Size;
                for (int i = 0; i < step; i++)
                {
                    Assert.Equal(writer.Size, writer.AppendHash(_tree.Leaf(writer.Size)));
                }

                IReadOnlyList<(TileAddress Address, byte[] Bytes)> written = writer.TakeTiles();
                Assert.Equal(TileGrowth.Tiles(old, writer.Size).ToHashSet(), written.Select(t => t.Address).ToHashSet());
                Assert.Equal(written.Count, written.DistinctBy(t => t.Address).Count());
                Assert.Equal(_tree.RootAt(writer.Size), writer.Root);
                tiles.Write(written);
                Check(tiles, writer.Size, old);
                writer = new TileTreeWriter(writer.Size, Wait(new TileTree(tiles, writer.Size).RightEdgeAsync(Token))); // as after a restart
                Assert.Equal(_tree.RootAt(writer.Size), writer.Root);
                Assert.Empty(writer.TakeTiles());
            }
        }, iter: 40);

    [Fact]
    public void Large_trees_prove_from_few_tiles()
    {
        MemoryTiles tiles = new();
        TileTreeWriter writer = new();
        for (int i = 0; i < Largest; i++)
        {
            writer.AppendHash(_tree.Leaf(i));
        }

        tiles.Write(writer.TakeTiles());
        Assert.Equal(TileGrowth.Tiles(0, Largest).Select(t => t.Path).Order(StringComparer.Ordinal), tiles.Files.Keys.Order(StringComparer.Ordinal));
        foreach (int index in (int[])[0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999])
        {
            tiles.Read.Clear();
            Assert.Equal(_tree.ProveInclusion(index, Largest), Wait(new TileTree(tiles, Largest).ProveInclusionAsync(index, Token)));
            Assert.InRange(tiles.Read.Count, 1, 5);
            Assert.Equal(tiles.Read.Count, tiles.Read.Distinct().Count());
        }

        foreach (int old in (int[])[1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000])
        {
            Assert.Equal(_tree.ProveConsistency(old, Largest), Wait(new TileTree(tiles, Largest).ProveConsistencyAsync(old, Token)));
        }

        Check(tiles, 65_536, 300); // an older tree, whose partial tiles are there as beginnings of full ones
        Assert.All(tiles.Read, t => Assert.NotNull(TileAddress.InTree(t.Level, t.Index, Largest)));
    }

    [Fact]
    public void A_bit_changed_in_any_tile_changes_the_root_or_the_proofs_that_rest_on_it()
    {
        const int size = 600;
        MemoryTiles tiles = new();
        TileTreeWriter writer = new();
        for (int i = 0; i < size; i++)
        {
            writer.AppendHash(_tree.Leaf(i));
        }

        tiles.Write(writer.TakeTiles());
        foreach ((string path, byte[] bytes) in tiles.Files)
        {
            for (int at = 0; at < bytes.Length; at += 97)
            {
                bytes[at] ^= 0x10;
                TileTree changed = new(tiles, size);
                Assert.True(TileAddress.TryParse(path, out TileAddress address));
                int index = address.Level == 0 ? (int)(address.Index * 256) + (at / 32) : at / 32 * 256;
                bool found = Wait(changed.RootAsync(Token)) != _tree.RootAt(size)
                    || !MerkleProof.VerifyInclusion(Wait(changed.LeafAsync(index, Token)), index, size, _tree.RootAt(size), Wait(changed.ProveInclusionAsync(index, Token))).IsValid;
                Assert.True(found, $"{path}, byte {at}");
                bytes[at] ^= 0x10;
            }
        }
    }

    [Fact]
    public void A_missing_or_cut_tile_is_named()
    {
        MemoryTiles tiles = new();
        TileTreeWriter writer = new();
        for (int i = 0; i < 300; i++)
        {
            writer.AppendHash(_tree.Leaf(i));
        }

        tiles.Write(writer.TakeTiles());
        byte[] full = tiles.Files["tile/0/000"];
        for (int length = 0; length < full.Length; length += 31)
        {
            tiles.Files["tile/0/000"] = full[..length];
            TileFormatException cut = Assert.Throws<TileFormatException>(() => Wait(new TileTree(tiles, 300).ProveInclusionAsync(7, Token)));
            Assert.Equal(("tile/0/000", length), (cut.Path, cut.Offset));
        }

        tiles.Files["tile/0/000"] = [.. full, 0];
        Assert.Throws<TileFormatException>(() => Wait(new TileTree(tiles, 300).ProveInclusionAsync(7, Token)));
        tiles.Files.Remove("tile/0/000");
        Assert.Contains("no such tile", Assert.Throws<TileFormatException>(() => Wait(new TileTree(tiles, 300).ProveInclusionAsync(7, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_refuses_a_right_edge_of_another_size()
    {
        MemoryTiles tiles = new();
        TileTreeWriter writer = new();
        for (int i = 0; i < 300; i++)
        {
            writer.AppendHash(_tree.Leaf(i));
        }

        tiles.Write(writer.TakeTiles());
        IReadOnlyList<Tile> edge = Wait(new TileTree(tiles, 300).RightEdgeAsync(Token));
        Assert.Equal(300, new TileTreeWriter(300, edge).Size);
        Assert.Throws<ArgumentException>(() => new TileTreeWriter(301, edge));
        Assert.Throws<ArgumentException>(() => new TileTreeWriter(300, []));
        Assert.Throws<ArgumentException>(() => new TileTreeWriter(300, [edge[0]]));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Check(MemoryTiles tiles, long size, long old)
    {
        TileTree tree = new(tiles, size);
        MerkleHash root = Wait(tree.RootAsync(Token));
        Assert.Equal(_tree.RootAt(size), root);
        Assert.Equal(_tree.ProveConsistency(old, size), Wait(tree.ProveConsistencyAsync(old, Token)));
        for (long index = 0; index < size; index += 1 + (size / 7))
        {
            MerkleHash leaf = Wait(tree.LeafAsync(index, Token));
            Assert.Equal(_tree.Leaf(index), leaf);
            Assert.IsType<ProofResult.Valid>(MerkleProof.VerifyInclusion(leaf, index, size, root, Wait(tree.ProveInclusionAsync(index, Token))));
        }
    }

    /// <summary>The tiles are in memory: the task is complete when it comes.</summary>
    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static MerkleTree Grow(int size)
    {
        MerkleTree tree = new();
        byte[] data = new byte[4];
        for (int i = 0; i < size; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(data, i);
            tree.Append(data);
        }

        return tree;
    }
}
