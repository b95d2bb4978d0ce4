namespace Lazuli.Inference;

/// <summary>The rows of one step: tokens of several sequences at mixed positions, and what is wanted of which of them. Filled anew each step; its arrays are made once.</summary>
/// <remarks>Rows that give something (outputs, O of them) stand in the order logits, read logits, read states, each in the order in which they were added.</remarks>
internal sealed class StepBatch
{
    private readonly int[] _ids;
    private readonly int[] _positions;
    private readonly int[] _slots;
    private readonly int[] _poolRows;
    private readonly RowList _logitRows;
    private readonly RowList _readLogitRows;
    private readonly RowList _readHiddenRows;
    private readonly int[] _outputRows;
    private readonly int[] _outputPositions;
    private readonly int[] _outputSlots;
    private readonly float[] _logits;

    public StepBatch(int maxRows, int maxLogitRows, int vocabularySize)
    {
        MaxRows = maxRows;
        MaxLogitRows = maxLogitRows;
        VocabularySize = vocabularySize;
        _ids = new int[maxRows];
        _positions = new int[maxRows];
        _slots = new int[maxRows];
        _poolRows = new int[maxRows];
        _logitRows = new RowList(maxLogitRows);
        _readLogitRows = new RowList(maxRows);
        _readHiddenRows = new RowList(maxRows);
        _outputRows = new int[maxRows];
        _outputPositions = new int[maxRows];
        _outputSlots = new int[maxRows];
        _logits = new float[(long)maxLogitRows * vocabularySize];
    }

    public int MaxRows { get; }

    /// <summary>Most rows of logits at a time.</summary>
    public int MaxLogitRows { get; }

    public int VocabularySize { get; }

    /// <summary>Rows in this step.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows whose logits are wanted.</summary>
    public int LogitRows => _logitRows.Count;

    /// <summary>Rows whose logits are handed to readers.</summary>
    public int ReadLogitRows => _readLogitRows.Count;

    /// <summary>Rows whose states are handed to readers.</summary>
    public int ReadHiddenRows => _readHiddenRows.Count;

    /// <summary>Rows that give something.</summary>
    public int OutputRows => LogitRows + ReadLogitRows + ReadHiddenRows;

    /// <summary>Whether every row gives something, in the order in which the rows stand.</summary>
    public bool OutputsAreRows => OutputRows == Rows && (LogitRows == Rows || ReadLogitRows == Rows || ReadHiddenRows == Rows);

    public int RoomLeft => MaxRows - Rows;

    /// <summary>Token ids [R].</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Rows);

    /// <summary>Positions in their sequences [R].</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Rows);

    /// <summary>Rows of the page table [R].</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Rows);

    /// <summary>Rows of the key/value pools where the tokens go [R].</summary>
    public ReadOnlySpan<int> PoolRows => _poolRows.AsSpan(0, Rows);

    /// <summary>Numbers of the rows that give something [O].</summary>
    public ReadOnlySpan<int> OutputRowNumbers => _outputRows.AsSpan(0, OutputRows);

    /// <summary><see cref="Positions"/> of those rows [O].</summary>
    public ReadOnlySpan<int> OutputPositions => _outputPositions.AsSpan(0, OutputRows);

    /// <summary><see cref="Slots"/> of those rows [O].</summary>
    public ReadOnlySpan<int> OutputSlots => _outputSlots.AsSpan(0, OutputRows);

    /// <summary>Logits after the step [L, V].</summary>
    public Span<float> Logits => _logits.AsSpan(0, LogitRows * VocabularySize);

    public void Clear()
    {
        Rows = 0;
        _logitRows.Clear();
        _readLogitRows.Clear();
        _readHiddenRows.Clear();
    }

    /// <summary>Adds a token of a sequence.</summary>
    public void Add(int id, int position, int slot, int poolRow)
    {
        _ids[Rows] = id;
        _positions[Rows] = position;
        _slots[Rows] = slot;
        _poolRows[Rows] = poolRow;
        Rows++;
    }

    /// <summary>Asks for the logits of the row added last; answers their row in <see cref="Logits"/>.</summary>
    public int AskForLogits() => _logitRows.Add(Rows - 1, reader: null);

    /// <summary>Has the logits of the row added last handed to a reader.</summary>
    public void HandLogitsTo(IRowReader reader) => _readLogitRows.Add(Rows - 1, reader);

    /// <summary>Has the state of the row added last handed to a reader.</summary>
    public void HandHiddenTo(IRowReader reader) => _readHiddenRows.Add(Rows - 1, reader);

    /// <summary>The logits that <see cref="AskForLogits"/> numbered.</summary>
    public Span<float> LogitsOf(int logitRow) => _logits.AsSpan(logitRow * VocabularySize, VocabularySize);

    /// <summary>Puts the rows that give something in order. The forward pass calls it.</summary>
    public void ArrangeOutputs()
    {
        _logitRows.Rows.CopyTo(_outputRows);
        _readLogitRows.Rows.CopyTo(_outputRows.AsSpan(LogitRows));
        _readHiddenRows.Rows.CopyTo(_outputRows.AsSpan(LogitRows + ReadLogitRows));
        for (int i = 0; i < OutputRows; i++)
        {
            _outputPositions[i] = _positions[_outputRows[i]];
            _outputSlots[i] = _slots[_outputRows[i]];
        }
    }

    /// <summary>Room for the logits of a few rows, before those of <see cref="Logits"/> are there.</summary>
    public Span<float> LogitScratch(int rows) => _logits.AsSpan(0, rows * VocabularySize);

    /// <summary>Hands rows of logits to their readers, from the read row <paramref name="first"/> on.</summary>
    public void DeliverLogits(int first, ReadOnlySpan<float> rows) => Deliver(_readLogitRows, first, rows, VocabularySize);

    /// <summary>Hands states of <paramref name="width"/> numbers to their readers, from the read row <paramref name="first"/> on.</summary>
    public void DeliverHidden(int first, ReadOnlySpan<float> rows, int width) => Deliver(_readHiddenRows, first, rows, width);

    private void Deliver(RowList list, int first, ReadOnlySpan<float> rows, int width)
    {
        for (int i = 0; i * width < rows.Length; i++)
        {
            list.ReaderOf(first + i).Read(_positions[list.Rows[first + i]], rows.Slice(i * width, width));
        }
    }
}
