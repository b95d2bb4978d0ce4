using System.Numerics;

namespace Lazuli.Proofs;

/// <summary>Checks proofs about Merkle trees of up to 2^63 - 1 leaves: the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.</summary>
/// <remarks>Any input gets an answer in at most 126 hashes; the number of hashes in a proof is compared with the only right one before any work.</remarks>
public static class MerkleProof
{
    /// <summary>The most hashes a proof can have.</summary>
    public const int LongestProof = 64;

    /// <summary>Checks that the leaf with hash <paramref name="leaf"/> is number <paramref name="index"/> of the tree of <paramref name="size"/> leaves with root <paramref name="root"/>.</summary>
    public static ProofResult VerifyInclusion(MerkleHash leaf, long index, long size, MerkleHash root, ReadOnlySpan<MerkleHash> proof)
    {
        if (index < 0 || index >= size)
        {
            return Invalid(ProofFault.ImpossibleSizes, $"A tree of {size} leaves has no leaf {index}.");
        }

        int wanted = InclusionLength(index, size);
        if (proof.Length != wanted)
        {
            return Invalid(ProofFault.WrongLength, $"The proof of leaf {index} in {size} has {wanted} hashes; got {proof.Length}.");
        }

        long position = index;
        long last = size - 1;
        MerkleHash hash = leaf;
        foreach (MerkleHash sibling in proof)
        {
            if ((position & 1) != 0 || position == last)
            {
                hash = MerkleHash.OfNode(sibling, hash);
                SkipLevelsWithoutSibling(ref position, ref last);
            }
            else
            {
                hash = MerkleHash.OfNode(hash, sibling);
            }

            position >>= 1;
            last >>= 1;
        }

        return hash == root ? new ProofResult.Valid() : Mismatch(ProofFault.RootMismatch, "root", root, hash);
    }

    /// <summary>Checks that the tree of <paramref name="oldSize"/> leaves with root <paramref name="oldRoot"/> is the beginning of that of <paramref name="newSize"/> with root <paramref name="newRoot"/>.</summary>
    /// <remarks>The empty tree begins every tree, with a proof of no hashes.</remarks>
    public static ProofResult VerifyConsistency(long oldSize, MerkleHash oldRoot, long newSize, MerkleHash newRoot, ReadOnlySpan<MerkleHash> proof)
    {
        if (oldSize < 0 || newSize < oldSize)
        {
            return Invalid(ProofFault.ImpossibleSizes, $"A tree of {newSize} leaves does not begin with one of {oldSize}.");
        }

        int wanted = ConsistencyLength(oldSize, newSize);
        if (proof.Length != wanted)
        {
            return Invalid(ProofFault.WrongLength, $"The proof from {oldSize} to {newSize} leaves has {wanted} hashes; got {proof.Length}.");
        }

        if (oldSize == 0 && oldRoot != MerkleHash.OfEmptyTree)
        {
            return Mismatch(ProofFault.OldRootMismatch, "root of the empty tree", oldRoot, MerkleHash.OfEmptyTree);
        }

        if (newSize == 0 && newRoot != MerkleHash.OfEmptyTree)
        {
            return Mismatch(ProofFault.RootMismatch, "root of the empty tree", newRoot, MerkleHash.OfEmptyTree);
        }

        if (oldSize == newSize)
        {
            return oldRoot == newRoot ? new ProofResult.Valid() : Mismatch(ProofFault.RootMismatch, "root of the same size", oldRoot, newRoot);
        }

        return oldSize == 0 ? new ProofResult.Valid() : Climb(oldSize, oldRoot, newSize, newRoot, proof);
    }

    private static ProofResult Climb(long oldSize, MerkleHash oldRoot, long newSize, MerkleHash newRoot, ReadOnlySpan<MerkleHash> proof)
    {
        long position = oldSize - 1;
        long last = newSize - 1;
        while ((position & 1) != 0)
        {
            position >>= 1;
            last >>= 1;
        }

        bool oldIsSubtree = BitOperations.IsPow2(oldSize); // then its root is the first hash, left out of the proof
        MerkleHash oldHash = oldIsSubtree ? oldRoot : proof[0];
        MerkleHash newHash = oldHash;
        foreach (MerkleHash sibling in oldIsSubtree ? proof : proof[1..])
        {
            if ((position & 1) != 0 || position == last)
            {
                oldHash = MerkleHash.OfNode(sibling, oldHash);
                newHash = MerkleHash.OfNode(sibling, newHash);
                SkipLevelsWithoutSibling(ref position, ref last);
            }
            else
            {
                newHash = MerkleHash.OfNode(newHash, sibling);
            }

            position >>= 1;
            last >>= 1;
        }

        if (oldHash != oldRoot)
        {
            return Mismatch(ProofFault.OldRootMismatch, "older root", oldRoot, oldHash);
        }

        return newHash == newRoot ? new ProofResult.Valid() : Mismatch(ProofFault.RootMismatch, "newer root", newRoot, newHash);
    }

    /// <summary>A node at the right edge that is a left child has no sibling: its parent has the same hash.</summary>
    private static void SkipLevelsWithoutSibling(ref long position, ref long last)
    {
        while ((position & 1) == 0 && position != 0)
        {
            position >>= 1;
            last >>= 1;
        }
    }

    /// <summary>One hash for each level below the one where the paths to the leaf and to the last leaf part, and one for each left sibling above it.</summary>
    private static int InclusionLength(long index, long size)
    {
        int inner = 64 - BitOperations.LeadingZeroCount((ulong)(index ^ (size - 1)));
        return inner + BitOperations.PopCount((ulong)index >> inner);
    }

    /// <summary>As for the last leaf of the older tree, from its largest complete subtree on, whose own hash comes first unless it is the whole older tree.</summary>
    private static int ConsistencyLength(long oldSize, long newSize)
    {
        if (oldSize == 0 || oldSize == newSize)
        {
            return 0;
        }

        int complete = BitOperations.TrailingZeroCount(oldSize);
        int path = InclusionLength((oldSize - 1) >> complete, ((newSize - 1) >> complete) + 1);
        return BitOperations.IsPow2(oldSize) ? path : path + 1;
    }

    private static ProofResult.Invalid Invalid(ProofFault fault, string reason) => new(fault, reason);

    private static ProofResult.Invalid Mismatch(ProofFault fault, string which, MerkleHash wanted, MerkleHash got) =>
        new(fault, $"The {which} is {wanted}; the proof leads to {got}.");
}
