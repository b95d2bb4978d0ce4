namespace Lazuli.Inference;

/// <summary>Numbers of rows of a step, and who reads them. Its arrays are made once.</summary>
internal sealed class RowList(int most)
{
    private readonly int[] _rows = new int[most];
    private readonly IRowReader?[] _readers = new IRowReader?[most];

    public int Count { get; private set; }

    /// <summary>Rows for which there is room.</summary>
    public int RoomLeft => most - Count;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Adds a row; answers its place.</summary>
    public int Add(int row, IRowReader? reader)
    {
        _rows[Count] = row;
        _readers[Count] = reader;
        return Count++;
    }

    /// <summary>Who reads the row at a place.</summary>
    public IRowReader ReaderOf(int place) => _readers[place] ?? throw new ArgumentException($"Nobody reads row {place}.", nameof(place));

    public void Clear()
    {
        _readers.AsSpan(0, Count).Clear();
        Count = 0;
    }
}
