namespace Lazuli.Numerics;

/// <summary>Sizes of a paged attention's working memory.</summary>
internal readonly struct PagedAttentionPlan
{
    private const int PairsPerJob = 24;

    public PagedAttentionPlan(PagedAttentionShape shape)
    {
        Shape = shape;
        int headsPerGroup = shape.Heads / shape.KeyValueHeads;
        RowsPerJob = Math.Max(1, PairsPerJob / headsPerGroup);
        PaddedHead = (shape.HeadSize + AttentionTile.BlockColumns - 1) / AttentionTile.BlockColumns * AttentionTile.BlockColumns;
        ScoreRow = (shape.PageSize + 7) / 8 * 8;
        Pairs = PaddedRows(RowsPerJob * headsPerGroup);
    }

    public PagedAttentionShape Shape { get; }

    /// <summary>Most rows of one job; with the heads of a group about <see cref="PairsPerJob"/> pairs. Changes no bit.</summary>
    public int RowsPerJob { get; }

    /// <summary>Head size rounded up to the register block's columns.</summary>
    public int PaddedHead { get; }

    /// <summary>Floats of a row of scores.</summary>
    public int ScoreRow { get; }

    /// <summary>(row, head) pairs that one job can hold, padded.</summary>
    public int Pairs { get; }

    /// <summary>Floats of scratch that one thread needs.</summary>
    public long ScratchLength => (2L * Pairs * PaddedHead) + ((long)Pairs * ScoreRow) + (4L * Pairs) + (2L * Shape.PageSize * PaddedHead);

    /// <summary>Rows rounded up to vectors of eight.</summary>
    public int PaddedRows(int rows) => (rows + 7) / 8 * 8;
}

/// <summary>Where one thread's working arrays lie.</summary>
internal readonly unsafe struct PagedAttentionScratch(PagedAttentionPlan plan, float* start)
{
    public readonly float* Queries = start;
    public readonly float* Output = start + ((long)plan.Pairs * plan.PaddedHead);
    public readonly float* PaddedKeys = start + (2L * plan.Pairs * plan.PaddedHead);
    public readonly float* PaddedValues = start + (2L * plan.Pairs * plan.PaddedHead) + ((long)plan.Shape.PageSize * plan.PaddedHead);
    public readonly float* Scores = start + (2L * (plan.Pairs + plan.Shape.PageSize) * plan.PaddedHead);
    public readonly float* Max = start + (2L * (plan.Pairs + plan.Shape.PageSize) * plan.PaddedHead) + ((long)plan.Pairs * plan.ScoreRow);
    public readonly float* Sum = start + (2L * (plan.Pairs + plan.Shape.PageSize) * plan.PaddedHead) + ((long)plan.Pairs * plan.ScoreRow) + plan.Pairs;
    public readonly float* Alpha = start + (2L * (plan.Pairs + plan.Shape.PageSize) * plan.PaddedHead) + ((long)plan.Pairs * plan.ScoreRow) + (2L * plan.Pairs);
    public readonly int* Positions = (int*)(start + (2L * (plan.Pairs + plan.Shape.PageSize) * plan.PaddedHead) + ((long)plan.Pairs * plan.ScoreRow) + (3L * plan.Pairs));
}
