using CsCheck;

namespace Lazuli.Proofs.Tests;

/// <summary>Nothing but the right proof holds.</summary>
public sealed class MerkleProofTests
{
    private const int Most = 70;

    private static readonly MerkleTree _tree = Grow();

    [Fact]
    public void A_proof_with_one_bit_changed_anywhere_never_holds() =>
        Gen.Select(Gen.Int[2, Most], Gen.Int[0, Most], Gen.Int[0, 255], Gen.Int[0, 99]).Sample((size, i, bit, at) =>
        {
            int index = i % size;
            MerkleHash leaf = _tree.Leaf(index);
            MerkleHash root = _tree.RootAt(size);
            MerkleHash[] proof = _tree.ProveInclusion(index, size);
            Assert.False(MerkleProof.VerifyInclusion(Flip(leaf, bit), index, size, root, proof).IsValid);
            Assert.False(MerkleProof.VerifyInclusion(leaf, index, size, Flip(root, bit), proof).IsValid);
            proof[at % proof.Length] = Flip(proof[at % proof.Length], bit);
            ProofResult.Invalid changed = Assert.IsType<ProofResult.Invalid>(MerkleProof.VerifyInclusion(leaf, index, size, root, proof));
            Assert.Equal(ProofFault.RootMismatch, changed.Fault);
        }, iter: 2000);

    [Fact]
    public void A_consistency_proof_with_one_bit_changed_anywhere_never_holds() =>
        Gen.Select(Gen.Int[2, Most], Gen.Int[1, Most], Gen.Int[0, 255], Gen.Int[0, 99]).Sample((size, m, bit, at) =>
        {
            int old = 1 + (m % (size - 1));
            (MerkleHash oldRoot, MerkleHash newRoot) = (_tree.RootAt(old), _tree.RootAt(size));
            MerkleHash[] proof = _tree.ProveConsistency(old, size);
            Assert.False(MerkleProof.VerifyConsistency(old, Flip(oldRoot, bit), size, newRoot, proof).IsValid);
            Assert.False(MerkleProof.VerifyConsistency(old, oldRoot, size, Flip(newRoot, bit), proof).IsValid);
            proof[at % proof.Length] = Flip(proof[at % proof.Length], bit);
            Assert.False(MerkleProof.VerifyConsistency(old, oldRoot, size, newRoot, proof).IsValid);
        }, iter: 2000);

    [Fact]
    public void A_proof_holds_for_its_own_leaf_and_size_only()
    {
        for (int size = 1; size <= 40; size++)
        {
            for (int index = 0; index < size; index++)
            {
                MerkleHash[] proof = _tree.ProveInclusion(index, size);
                for (int other = 0; other < size; other++)
                {
                    Assert.Equal(other == index, MerkleProof.VerifyInclusion(_tree.Leaf(index), other, size, _tree.RootAt(size), proof).IsValid);
                    Assert.Equal(other == index, MerkleProof.VerifyInclusion(_tree.Leaf(other), index, size, _tree.RootAt(size), proof).IsValid);
                }
            }
        }
    }

    [Fact]
    public void A_consistency_proof_holds_for_its_own_roots_only()
    {
        for (int size = 1; size <= 40; size++)
        {
            for (int old = 1; old <= size; old++)
            {
                MerkleHash[] proof = _tree.ProveConsistency(old, size);
                for (int other = 1; other <= size; other++)
                {
                    Assert.Equal(other == old, MerkleProof.VerifyConsistency(old, _tree.RootAt(other), size, _tree.RootAt(size), proof).IsValid);
                    Assert.Equal(other == size, MerkleProof.VerifyConsistency(old, _tree.RootAt(old), size, _tree.RootAt(other), proof).IsValid);
                }
            }
        }
    }

    [Fact]
    public void Refuses_a_proof_of_any_other_length_before_hashing()
    {
        for (int size = 1; size <= 40; size++)
        {
            for (int index = 0; index < size; index++)
            {
                MerkleHash[] proof = _tree.ProveInclusion(index, size);
                foreach (int length in Enumerable.Range(0, 10).Append(100_000).Where(n => n != proof.Length))
                {
                    MerkleHash[] other = new MerkleHash[length];
                    proof.AsSpan(0, Math.Min(length, proof.Length)).CopyTo(other);
                    Assert.Equal(ProofFault.WrongLength, Assert.IsType<ProofResult.Invalid>(MerkleProof.VerifyInclusion(_tree.Leaf(index), index, size, _tree.RootAt(size), other)).Fault);
                }
            }
        }

        MerkleHash[] right = _tree.ProveConsistency(6, 40);
        Assert.Equal(ProofFault.WrongLength, Fault(MerkleProof.VerifyConsistency(6, _tree.RootAt(6), 40, _tree.RootAt(40), right.AsSpan(1))));
        Assert.Equal(ProofFault.WrongLength, Fault(MerkleProof.VerifyConsistency(6, _tree.RootAt(6), 40, _tree.RootAt(40), [.. right, default])));
        Assert.Equal(ProofFault.WrongLength, Fault(MerkleProof.VerifyConsistency(6, _tree.RootAt(6), 6, _tree.RootAt(6), right)));
        Assert.Equal(ProofFault.WrongLength, Fault(MerkleProof.VerifyConsistency(0, MerkleHash.OfEmptyTree, 6, _tree.RootAt(6), right)));
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue, long.MinValue)]
    public void Refuses_a_leaf_that_the_tree_cannot_have(long index, long size) =>
        Assert.Equal(ProofFault.ImpossibleSizes, Fault(MerkleProof.VerifyInclusion(default, index, size, default, [])));

    [Theory]
    [InlineData(6, 5)]
    [InlineData(-1, 5)]
    [InlineData(-2, -1)]
    [InlineData(long.MaxValue, 0)]
    public void Refuses_an_older_tree_that_is_larger(long oldSize, long newSize) =>
        Assert.Equal(ProofFault.ImpossibleSizes, Fault(MerkleProof.VerifyConsistency(oldSize, default, newSize, default, [])));

    [Fact]
    public void The_empty_tree_begins_every_tree_but_has_one_root()
    {
        Assert.True(MerkleProof.VerifyConsistency(0, MerkleHash.OfEmptyTree, 9, _tree.RootAt(9), []).IsValid);
        Assert.True(MerkleProof.VerifyConsistency(0, MerkleHash.OfEmptyTree, 0, MerkleHash.OfEmptyTree, []).IsValid);
        Assert.Equal(ProofFault.OldRootMismatch, Fault(MerkleProof.VerifyConsistency(0, _tree.Root, 9, _tree.RootAt(9), [])));
        Assert.Equal(ProofFault.RootMismatch, Fault(MerkleProof.VerifyConsistency(0, MerkleHash.OfEmptyTree, 0, _tree.Root, [])));
    }

    [Fact]
    public void The_largest_sizes_plan_and_answer()
    {
        foreach ((long index, long size) in ((long, long)[])[(0, long.MaxValue), (long.MaxValue - 1, long.MaxValue), (1L << 62, (1L << 62) + 1), (12_345, long.MaxValue - 7)])
        {
            ProofPlan plan = ProofPlan.Inclusion(index, size);
            Assert.InRange(plan.Length, 0, MerkleProof.LongestProof);
            MerkleHash[] proof = plan.Assemble(new MerkleHash[plan.Nodes.Count]);
            Assert.Equal(ProofFault.RootMismatch, Fault(MerkleProof.VerifyInclusion(default, index, size, default, proof)));
            ProofPlan growth = ProofPlan.Consistency(index + 1, size);
            Assert.InRange(growth.Length, 0, MerkleProof.LongestProof);
            Assert.All(growth.Nodes, n => Assert.True(((n.Index + 1) << n.Level) > 0 && ((n.Index + 1) << n.Level) <= size));
            Assert.NotEqual(ProofFault.WrongLength, (MerkleProof.VerifyConsistency(index + 1, default, size, default, growth.Assemble(new MerkleHash[growth.Nodes.Count])) as ProofResult.Invalid)?.Fault);
        }
    }

    [Fact]
    public void Proofs_of_every_planned_length_fit_what_the_verifier_wants() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[1, long.MaxValue]).Sample((a, b) =>
        {
            (long old, long size) = (Math.Min(a, b), Math.Max(a, b));
            ProofPlan inclusion = ProofPlan.Inclusion(old - 1, size);
            ProofPlan growth = ProofPlan.Consistency(old, size);
            ProofResult held = MerkleProof.VerifyInclusion(default, old - 1, size, default, new MerkleHash[inclusion.Length]);
            ProofResult grown = MerkleProof.VerifyConsistency(old, default, size, default, new MerkleHash[growth.Length]);
            return held is not ProofResult.Invalid { Fault: ProofFault.WrongLength } && grown is not ProofResult.Invalid { Fault: ProofFault.WrongLength };
        }, iter: 2000);

    private static ProofFault Fault(ProofResult result) => Assert.IsType<ProofResult.Invalid>(result).Fault;

    private static MerkleHash Flip(MerkleHash hash, int bit)
    {
        byte[] bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new MerkleHash(bytes);
    }

    private static MerkleTree Grow()
    {
        MerkleTree tree = new();
        for (int i = 0; i < Most; i++)
        {
            tree.Append([(byte)i]);
        }

        return tree;
    }
}
