namespace Lazuli.Inference;

/// <summary>The rows of one step: tokens of several sequences at mixed positions, and which of them need logits. Filled anew each step; its arrays are made once.</summary>
internal sealed class StepBatch
{
    private readonly int[] _ids;
    private readonly int[] _positions;
    private readonly int[] _slots;
    private readonly int[] _poolRows;
    private readonly int[] _logitRows;
    private readonly int[] _logitPositions;
    private readonly int[] _logitSlots;
    private readonly float[] _logits;

    public StepBatch(int maxRows, int maxLogitRows, int vocabularySize)
    {
        MaxRows = maxRows;
        VocabularySize = vocabularySize;
        _ids = new int[maxRows];
        _positions = new int[maxRows];
        _slots = new int[maxRows];
        _poolRows = new int[maxRows];
        _logitRows = new int[maxLogitRows];
        _logitPositions = new int[maxLogitRows];
        _logitSlots = new int[maxLogitRows];
        _logits = new float[(long)maxLogitRows * vocabularySize];
    }

    public int MaxRows { get; }

    public int VocabularySize { get; }

    /// <summary>Rows in this step.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows whose logits are wanted.</summary>
    public int LogitRows { get; private set; }

    public int RoomLeft => MaxRows - Rows;

    /// <summary>Rows whose logits may still be asked for.</summary>
    public int LogitRoomLeft => _logitRows.Length - LogitRows;

    /// <summary>Token ids [R].</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Rows);

    /// <summary>Positions in their sequences [R].</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Rows);

    /// <summary>Rows of the page table [R].</summary>
    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Rows);

    /// <summary>Rows of the key/value pools where the tokens go [R].</summary>
    public ReadOnlySpan<int> PoolRows => _poolRows.AsSpan(0, Rows);

    /// <summary>Numbers of the rows whose logits are wanted [L].</summary>
    public ReadOnlySpan<int> LogitRowNumbers => _logitRows.AsSpan(0, LogitRows);

    /// <summary><see cref="Positions"/> of those rows [L].</summary>
    public ReadOnlySpan<int> LogitPositions => _logitPositions.AsSpan(0, LogitRows);

    /// <summary><see cref="Slots"/> of those rows [L].</summary>
    public ReadOnlySpan<int> LogitSlots => _logitSlots.AsSpan(0, LogitRows);

    /// <summary>Logits after the step [L, V].</summary>
    public Span<float> Logits => _logits.AsSpan(0, LogitRows * VocabularySize);

    public void Clear()
    {
        Rows = 0;
        LogitRows = 0;
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
    public int AskForLogits()
    {
        _logitRows[LogitRows] = Rows - 1;
        _logitPositions[LogitRows] = _positions[Rows - 1];
        _logitSlots[LogitRows] = _slots[Rows - 1];
        return LogitRows++;
    }

    /// <summary>The logits that <see cref="AskForLogits"/> numbered.</summary>
    public Span<float> LogitsOf(int logitRow) => _logits.AsSpan(logitRow * VocabularySize, VocabularySize);
}
