using System.Numerics;

namespace Lazuli.Proofs;

/// <summary>A complete subtree: the 2^<paramref name="Level"/> leaves from <paramref name="Index"/> · 2^<paramref name="Level"/> on.</summary>
/// <param name="Level">0 for a leaf; at most 62.</param>
/// <param name="Index">Which of its level, from the left, from 0.</param>
public readonly record struct MerkleNode(int Level, long Index)
{
    /// <summary>The complete subtrees, from the left, that leaves [<paramref name="start"/>, <paramref name="end"/>) of a tree fall into.</summary>
    /// <remarks>At most 63 where the range is one that a proof asks for: its start is a multiple of a power of two at least half its length.</remarks>
    internal static void AppendCover(long start, long end, List<MerkleNode> nodes)
    {
        while (start < end)
        {
            int level = BitOperations.Log2((ulong)(end - start));
            if (start != 0)
            {
                level = Math.Min(level, BitOperations.TrailingZeroCount(start));
            }

            nodes.Add(new MerkleNode(level, start >> level));
            start += 1L << level;
        }
    }

    /// <summary>The hash of a range from the hashes of its cover: RFC 6962 splits at the largest power of two, so it folds from the right.</summary>
    internal static MerkleHash Fold(ReadOnlySpan<MerkleHash> cover)
    {
        MerkleHash hash = cover[^1];
        for (int i = cover.Length - 2; i >= 0; i--)
        {
            hash = MerkleHash.OfNode(cover[i], hash);
        }

        return hash;
    }
}
