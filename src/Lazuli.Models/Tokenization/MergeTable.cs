using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lazuli.Models;

/// <summary>Rank and result of every pair of ids that merges: open addressing, at most half full.</summary>
internal sealed class MergeTable
{
    /// <summary>Rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    private readonly Slot[] _slots;
    private readonly int _shift;

    public MergeTable(ReadOnlySpan<Merge> merges)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Length * 2));
        _slots = new Slot[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        Array.Fill(_slots, new Slot { Key = ulong.MaxValue, Rank = None });
        for (int rank = 0; rank < merges.Length; rank++)
        {
            ulong key = Key(merges[rank].Left, merges[rank].Right);
            int i = Index(key);
            while (_slots[i].Key != ulong.MaxValue && _slots[i].Key != key)
            {
                i = (i + 1) & (size - 1);
            }

            // A pair named twice keeps its first, lower rank.
            if (_slots[i].Key != key)
            {
                _slots[i] = new Slot { Key = key, Rank = rank, Result = merges[rank].Result };
            }
        }
    }

    /// <summary>Rank of the pair, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rank(int left, int right, out int result)
    {
        Slot[] slots = _slots;
        ulong key = Key(left, right);
        int i = Index(key);
        while (true)
        {
            ref readonly Slot slot = ref slots[i & (slots.Length - 1)];
            if (slot.Key == key || slot.Key == ulong.MaxValue)
            {
                result = slot.Result;
                return slot.Rank;
            }

            i++;
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Index(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);

    private struct Slot
    {
        public ulong Key;
        public int Rank;
        public int Result;
    }
}
