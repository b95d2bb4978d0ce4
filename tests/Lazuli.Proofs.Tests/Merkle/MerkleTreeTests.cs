using System.Text;
using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class MerkleTreeTests
{
    private const int Most = 130;

    private static readonly byte[][] _data = [.. Enumerable.Range(0, 2100).Select(i => Encoding.ASCII.GetBytes($"leaf {i}"))];
    private static readonly MerkleTree _tree = Grow(_data);

    private readonly ReferenceTree _reference = new(_data);

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_roots_of_the_published_test_tree_of_Certificate_Transparency_come_out(int size, string root)
    {
        string[] leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        Assert.Equal(root, Grow([.. leaves.Take(size).Select(Convert.FromHexString)]).Root.ToString());
    }

    [Fact]
    public void Every_root_is_that_of_the_plain_definition()
    {
        MerkleFrontier frontier = new();
        for (int size = 0; size <= Most; size++)
        {
            byte[] expected = _reference.Root(size);
            Assert.Equal(expected, _tree.RootAt(size).ToArray());
            Assert.Equal(expected, frontier.Root.ToArray());
            Assert.Equal(frontier.Root, new MerkleFrontier(size, [.. frontier.Edge]).Root);
            frontier.AppendHash(MerkleHash.OfLeaf(_data[size]));
        }
    }

    [Fact]
    public void Every_inclusion_proof_is_that_of_the_plain_definition_and_holds()
    {
        for (int size = 1; size <= Most; size++)
        {
            for (int index = 0; index < size; index++)
            {
                MerkleHash[] proof = _tree.ProveInclusion(index, size);
                Assert.True(Same(_reference.Path(index, size), proof), $"leaf {index} of {size}");
                Assert.IsType<ProofResult.Valid>(MerkleProof.VerifyInclusion(_tree.Leaf(index), index, size, _tree.RootAt(size), proof));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_is_that_of_the_plain_definition_and_holds()
    {
        for (int size = 0; size <= Most; size++)
        {
            for (int old = 0; old <= size; old++)
            {
                MerkleHash[] proof = _tree.ProveConsistency(old, size);
                Assert.True(Same(old == 0 ? [] : _reference.Proof(old, size), proof), $"{old} in {size}");
                Assert.IsType<ProofResult.Valid>(MerkleProof.VerifyConsistency(old, _tree.RootAt(old), size, _tree.RootAt(size), proof));
            }
        }
    }

    [Fact]
    public void Proofs_between_random_sizes_hold() =>
        Gen.Select(Gen.Int[1, 2100], Gen.Int[1, 2100], Gen.Int[0, 2099]).Sample((a, b, i) =>
        {
            (int old, int size) = (Math.Min(a, b), Math.Max(a, b));
            int index = i % size;
            return MerkleProof.VerifyInclusion(_tree.Leaf(index), index, size, _tree.RootAt(size), _tree.ProveInclusion(index, size)).IsValid
                && MerkleProof.VerifyConsistency(old, _tree.RootAt(old), size, _tree.RootAt(size), _tree.ProveConsistency(old, size)).IsValid;
        }, iter: 2000);

    [Fact]
    public void A_tree_refuses_sizes_that_it_never_had()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _tree.RootAt(_tree.Size + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tree.RootAt(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tree.ProveInclusion(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tree.ProveConsistency(6, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tree.Leaf(_tree.Size));
        Assert.Throws<ArgumentException>(() => new MerkleFrontier(5, [default]));
    }

    [Fact]
    public void A_leaf_longer_than_the_stack_buffer_hashes_alike()
    {
        foreach (int length in (int[])[1023, 1024, 1025, 65_535])
        {
            byte[] data = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            Assert.Equal(new ReferenceTree([data]).Root(1), MerkleHash.OfLeaf(data).ToArray());
        }
    }

    [Fact]
    public void A_hash_has_one_spelling_in_base64()
    {
        string text = _tree.Root.ToBase64();
        Assert.True(MerkleHash.TryParseBase64(text, out MerkleHash back));
        Assert.Equal(_tree.Root, back);
        Assert.False(MerkleHash.TryParseBase64(" " + text[1..], out _));
        Assert.False(MerkleHash.TryParseBase64(text[..43], out _));
        Assert.False(MerkleHash.TryParseBase64(text[..42] + (char)(text[42] + 1) + "=", out _)); // same bytes, other stray bits
        Assert.False(MerkleHash.TryParseBase64(Convert.ToBase64String(new byte[33]), out _));
        Assert.False(MerkleHash.TryParseBase64(Convert.ToBase64String(new byte[31]), out _));
    }

    private static bool Same(List<byte[]> expected, MerkleHash[] proof) => proof.AsSpan().SequenceEqual([.. expected.Select(b => new MerkleHash(b))]);

    private static MerkleTree Grow(byte[][] leaves)
    {
        MerkleTree tree = new();
        foreach (byte[] leaf in leaves)
        {
            tree.Append(leaf);
        }

        return tree;
    }
}
