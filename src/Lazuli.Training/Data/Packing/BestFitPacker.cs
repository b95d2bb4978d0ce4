using System.Numerics;
using System.Runtime.InteropServices;

namespace Lazuli.Training;

/// <summary>Puts each document into the fullest open row that has room for it. A document longer than a row is cut into pieces first.</summary>
/// <remarks>
/// Memory is bounded by the number of open rows; when there would be too many the fullest is closed. The order of documents alone
/// decides the layout. A piece after the first begins with the last token of the piece before, which is context there and not a target.
/// </remarks>
internal sealed class BestFitPacker : RowPacker
{
    private const int MaxOpenTokens = 1 << 22;
    private const int MaxOpenRows = 512;

    private readonly Queue<Row>?[] _byRoom;
    private readonly ulong[] _rooms;
    private readonly int _maxOpen;
    private readonly List<Row> _spare = [];
    private long _made;
    private int _open;

    public BestFitPacker(int rowLength, int padding, RowWriter writer)
        : base(rowLength, padding, writer)
    {
        _byRoom = new Queue<Row>?[rowLength + 1];
        _rooms = new ulong[(rowLength / 64) + 1];
        _maxOpen = Math.Clamp(MaxOpenTokens / rowLength, 4, MaxOpenRows);
    }

    public override void Add(EncodedDocument document)
    {
        Span<int> ids = CollectionsMarshal.AsSpan(document.Ids);
        Span<bool> counts = CollectionsMarshal.AsSpan(document.Counts);
        for (int start = 0; start == 0 || start < ids.Length - 1; start += RowLength - 1)
        {
            int length = Math.Min(RowLength, ids.Length - start);
            bool ends = start + length == ids.Length;
            if (counts.Slice(start, length).LastIndexOf(true) > 0 || (ends && document.IsText))
            {
                Place(ids.Slice(start, length), counts.Slice(start, length), isContinuation: start > 0, endsWithText: ends && document.IsText);
            }
        }
    }

    public override void Finish()
    {
        foreach (Row row in _byRoom.OfType<Queue<Row>>().SelectMany(q => q).OrderBy(r => r.Number))
        {
            Emit(row.Ids, row.Counts, row.EndsWithText);
        }
    }

    private void Place(ReadOnlySpan<int> ids, ReadOnlySpan<bool> counts, bool isContinuation, bool endsWithText)
    {
        int room = SmallestRoom(ids.Length);
        Row row;
        if (room >= 0)
        {
            row = Take(room);
        }
        else
        {
            if (_open == _maxOpen)
            {
                Close(Take(SmallestRoom(1)));
            }

            row = Open();
        }

        int at = row.Ids.Count;
        row.Ids.AddRange(ids);
        row.Counts.AddRange(counts);
        row.Counts[at] &= !isContinuation && at > 0;
        row.EndsWithText = endsWithText;
        if (row.Ids.Count == RowLength)
        {
            Close(row);
        }
        else
        {
            PutBack(row);
        }
    }

    private Row Open()
    {
        Row row;
        if (_spare.Count > 0)
        {
            row = _spare[^1];
            _spare.RemoveAt(_spare.Count - 1);
            row.Ids.Clear();
            row.Counts.Clear();
        }
        else
        {
            row = new Row(RowLength);
        }

        row.Number = _made++;
        _open++;
        return row;
    }

    private void Close(Row row)
    {
        Emit(row.Ids, row.Counts, row.EndsWithText);
        _open--;
        _spare.Add(row);
    }

    /// <summary>The least free space, of at least <paramref name="length"/>, that an open row has; −1 where none has.</summary>
    private int SmallestRoom(int length)
    {
        int word = length >> 6;
        ulong bits = _rooms[word] & (ulong.MaxValue << (length & 63));
        while (bits == 0)
        {
            if (++word == _rooms.Length)
            {
                return -1;
            }

            bits = _rooms[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }

    private Row Take(int room)
    {
        Queue<Row> rows = _byRoom[room]!;
        Row row = rows.Dequeue();
        if (rows.Count == 0)
        {
            _rooms[room >> 6] &= ~(1UL << (room & 63));
        }

        return row;
    }

    private void PutBack(Row row)
    {
        int room = RowLength - row.Ids.Count;
        (_byRoom[room] ??= new Queue<Row>()).Enqueue(row);
        _rooms[room >> 6] |= 1UL << (room & 63);
    }

    private sealed class Row(int capacity)
    {
        public long Number { get; set; }

        public List<int> Ids { get; } = new(capacity);

        public List<bool> Counts { get; } = new(capacity);

        public bool EndsWithText { get; set; }
    }
}
