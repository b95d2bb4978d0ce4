using System.Numerics;

namespace Lazuli.Models;

/// <summary>How often each distinct piece occurs, in bounded memory.</summary>
internal sealed class PieceCounts
{
    /// <summary>Longer pieces are counted in parts of at most this many bytes: nobody needs tokens that long, and one piece must not cost quadratic time.</summary>
    private const int PartLimit = 256;

    private readonly long _limit;
    private byte[] _bytes = new byte[1 << 16];
    private int _bytesUsed;
    private Entry[] _entries = new Entry[1 << 12];
    private int[] _slots = new int[1 << 13];
    private long _floor;

    /// <param name="limit">Bytes that the table may take.</param>
    public PieceCounts(long limit) => _limit = limit;

    /// <summary>Distinct pieces.</summary>
    public int Count { get; private set; }

    /// <summary>Whether rare pieces were dropped for lack of room.</summary>
    public bool WasPruned => _floor > 0;

    public ReadOnlySpan<byte> Piece(int index) => _bytes.AsSpan(_entries[index].Start, _entries[index].Length);

    public long Occurrences(int index) => _entries[index].Count;

    /// <summary>Counts the pieces of a document.</summary>
    public void Add<TSplitter>(ReadOnlySpan<byte> text)
        where TSplitter : struct, ISplitter
    {
        int start = 0;
        while (start < text.Length)
        {
            int end = TSplitter.PieceEnd(text, start);
            while (end - start > PartLimit)
            {
                // Not within a character: continuation bytes stay with what they continue.
                int cut = start + PartLimit;
                while (cut > start + PartLimit - 3 && (text[cut] & 0xC0) == 0x80)
                {
                    cut--;
                }

                AddPiece(text[start..cut]);
                start = cut;
            }

            AddPiece(text[start..end]);
            start = end;
        }
    }

    private void AddPiece(ReadOnlySpan<byte> piece)
    {
        // A single byte has no pair.
        if (piece.Length < 2)
        {
            return;
        }

        ulong hash = TokenIndex.Hash(piece);
        int mask = _slots.Length - 1;
        int i = (int)(hash >> 32) & mask;
        while (_slots[i] != 0)
        {
            ref Entry entry = ref _entries[_slots[i] - 1];
            if (entry.Hash == (uint)hash && _bytes.AsSpan(entry.Start, entry.Length).SequenceEqual(piece))
            {
                entry.Count++;
                return;
            }

            i = (i + 1) & mask;
        }

        if (EnsureRoom(piece.Length))
        {
            AddPiece(piece);
            return;
        }

        piece.CopyTo(_bytes.AsSpan(_bytesUsed));
        _entries[Count++] = new Entry { Start = _bytesUsed, Length = piece.Length, Hash = (uint)hash, High = (uint)(hash >> 32), Count = 1 };
        _bytesUsed += piece.Length;
        _slots[i] = Count;
    }

    /// <summary>Room for one more piece; true where slots have moved.</summary>
    private bool EnsureRoom(int length)
    {
        bool moved = false;
        if (Count == _entries.Length || _bytesUsed + length > _bytes.Length)
        {
            long grown = ((long)Math.Max(_entries.Length, Count * 2) * 32) + ((long)_slots.Length * 8) + ((long)_bytes.Length * 2);
            if (grown > _limit && Count > 0)
            {
                Prune();
                moved = true;
            }
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
            _slots = new int[_entries.Length * 2];
            FillSlots();
            moved = true;
        }

        if (_bytesUsed + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked(_bytes.Length * 2));
        }

        return moved;
    }

    /// <summary>Drops the rarest until at most half are left. Which are dropped depends on counts alone; the rest keep their order.</summary>
    private void Prune()
    {
        int before = Count;
        while (Count > before / 2)
        {
            _floor++;
            int kept = 0;
            int used = 0;
            for (int i = 0; i < Count; i++)
            {
                Entry entry = _entries[i];
                if (entry.Count > _floor)
                {
                    _bytes.AsSpan(entry.Start, entry.Length).CopyTo(_bytes.AsSpan(used));
                    entry.Start = used;
                    used += entry.Length;
                    _entries[kept++] = entry;
                }
            }

            Count = kept;
            _bytesUsed = used;
        }

        FillSlots();
    }

    private void FillSlots()
    {
        Array.Clear(_slots);
        int mask = _slots.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int i = (int)_entries[index].High & mask;
            while (_slots[i] != 0)
            {
                i = (i + 1) & mask;
            }

            _slots[i] = index + 1;
        }
    }

    private struct Entry
    {
        public int Start;
        public int Length;
        public uint Hash;
        public uint High;
        public long Count;
    }
}
