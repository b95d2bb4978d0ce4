namespace Lazuli.Models;

/// <summary>Byte-pair merges of one piece: always the lowest rank, the leftmost of equals. Not thread-safe: keeps its scratch.</summary>
internal sealed class PieceMerger(BpeVocabulary vocabulary, MergeTable table)
{
    /// <summary>Up to here scanning all pairs for the lowest beats keeping them in a heap.</summary>
    private const int ScanLimit = 48;

    /// <summary>Scratch above this many bytes of text is not kept.</summary>
    private const int KeepLimit = 1 << 16;

    private int[] _ids = new int[ScanLimit];
    private int[] _ranks = new int[ScanLimit];
    private int[] _next = [];
    private int[] _previous = [];
    private ulong[] _heap = [];
    private int _heapCount;

    /// <summary>The ids of the piece; valid until the next call.</summary>
    public ReadOnlySpan<int> Merge(ReadOnlySpan<byte> piece)
    {
        if (piece.Length <= ScanLimit)
        {
            return MergeByScan(piece);
        }

        try
        {
            return MergeByHeap(piece);
        }
        finally
        {
            if (piece.Length > KeepLimit)
            {
                (_ids, _ranks, _next, _previous, _heap) = (new int[ScanLimit], new int[ScanLimit], [], [], []);
            }
        }
    }

    private ReadOnlySpan<int> MergeByScan(ReadOnlySpan<byte> piece)
    {
        int count = piece.Length;
        Span<int> ids = _ids;
        Span<int> ranks = _ranks;
        for (int i = 0; i < count; i++)
        {
            ids[i] = vocabulary.ByteIds[piece[i]];
        }

        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = table.Rank(ids[i], ids[i + 1], out _);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[best])
                {
                    best = i;
                }
            }

            if (ranks[best] == MergeTable.None)
            {
                break;
            }

            table.Rank(ids[best], ids[best + 1], out ids[best]);
            count--;
            ids[(best + 2)..(count + 1)].CopyTo(ids[(best + 1)..]);
            if (best + 1 < count)
            {
                ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
                ranks[best] = table.Rank(ids[best], ids[best + 1], out _);
            }

            if (best > 0)
            {
                ranks[best - 1] = table.Rank(ids[best - 1], ids[best], out _);
            }
        }

        return ids[..count];
    }

    /// <summary>The same in O(n log n): symbols in a linked list, pairs in a heap by rank, then place; a pair that changed since is passed over when it comes up.</summary>
    private ReadOnlySpan<int> MergeByHeap(ReadOnlySpan<byte> piece)
    {
        Prepare(piece);
        while (_heapCount > 0)
        {
            ulong top = Pop();
            int at = (int)(uint)top;
            if (_ranks[at] != (int)(top >> 32))
            {
                continue;
            }

            int right = _next[at];
            table.Rank(_ids[at], _ids[right], out _ids[at]);
            _ranks[right] = MergeTable.None;
            _ids[right] = -1;
            int after = _next[right];
            _next[at] = after;
            if (after < piece.Length)
            {
                _previous[after] = at;
                Offer(at, after);
            }
            else
            {
                _ranks[at] = MergeTable.None;
            }

            if (at > 0)
            {
                Offer(_previous[at], at);
            }
        }

        int count = 0;
        for (int i = 0; i < piece.Length; i = _next[i])
        {
            _ids[count++] = _ids[i];
        }

        return _ids.AsSpan(0, count);
    }

    private void Prepare(ReadOnlySpan<byte> piece)
    {
        int length = piece.Length;
        if (_next.Length < length)
        {
            int size = Math.Max(length, 256);
            (_ids, _ranks, _next, _previous, _heap) = (new int[size], new int[size], new int[size], new int[size], new ulong[size]);
        }

        for (int i = 0; i < length; i++)
        {
            _ids[i] = vocabulary.ByteIds[piece[i]];
            _next[i] = i + 1;
            _previous[i] = i - 1;
            _ranks[i] = MergeTable.None;
        }

        _heapCount = 0;
        for (int i = 0; i + 1 < length; i++)
        {
            Offer(i, i + 1);
        }
    }

    private void Offer(int left, int right)
    {
        int rank = table.Rank(_ids[left], _ids[right], out _);
        _ranks[left] = rank;
        if (rank != MergeTable.None)
        {
            Push(((ulong)(uint)rank << 32) | (uint)left);
        }
    }

    private void Push(ulong key)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        int i = _heapCount++;
        while (i > 0 && _heap[(i - 1) / 2] > key)
        {
            _heap[i] = _heap[(i - 1) / 2];
            i = (i - 1) / 2;
        }

        _heap[i] = key;
    }

    private ulong Pop()
    {
        ulong top = _heap[0];
        ulong last = _heap[--_heapCount];
        int i = 0;
        while (true)
        {
            int child = (2 * i) + 1;
            if (child >= _heapCount)
            {
                break;
            }

            if (child + 1 < _heapCount && _heap[child + 1] < _heap[child])
            {
                child++;
            }

            if (_heap[child] >= last)
            {
                break;
            }

            _heap[i] = _heap[child];
            i = child;
        }

        _heap[i] = last;
        return top;
    }
}
