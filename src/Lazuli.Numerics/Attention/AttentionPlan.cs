namespace Lazuli.Numerics;

/// <summary>How training attention is cut, by shape alone.</summary>
internal readonly struct AttentionPlan
{
    /// <summary>Query rows of a tile: whole register blocks.</summary>
    public const int QueryTile = 48;

    /// <summary>Keys of a tile: whole register blocks both ways (forward reads keys as columns, backward as rows).</summary>
    public const int KeyTile = 48;

    private const int FewTiles = 16;

    public AttentionPlan(AttentionShape shape)
    {
        Shape = shape;
        PaddedHead = (shape.HeadSize + AttentionTile.BlockColumns - 1) / AttentionTile.BlockColumns * AttentionTile.BlockColumns;
        KeyTiles = (shape.Time + KeyTile - 1) / KeyTile;
        QueryTiles = (shape.Time + QueryTile - 1) / QueryTile;
        PaddedTime = KeyTiles * KeyTile;
        int heads = shape.Batch * shape.Heads;
        QuerySplits = heads >= FewTiles ? 1 : Math.Min(QueryTiles, (FewTiles + heads - 1) / Math.Max(1, heads));
    }

    public AttentionShape Shape { get; }

    /// <summary>Head size rounded up to the register block's columns.</summary>
    public int PaddedHead { get; }

    public int KeyTiles { get; }

    public int QueryTiles { get; }

    /// <summary>T rounded up to whole key tiles.</summary>
    public int PaddedTime { get; }

    /// <summary>Jobs that share one head's query tiles when heads are few.</summary>
    public int QuerySplits { get; }

    /// <summary>Floats of a head's keys laid out transposed, tile by tile.</summary>
    public long TransposedLength => (long)PaddedTime * Shape.HeadSize;

    /// <summary>Floats of a head's rows, padded.</summary>
    public long RowsLength => (long)PaddedTime * PaddedHead;

    /// <summary>Floats of one tile of query rows, padded.</summary>
    public int QueryTileLength => QueryTile * PaddedHead;

    /// <summary>Where the keys of group <paramref name="group"/> begin in a qkv row.</summary>
    public int KeyColumn(int group) => (Shape.Heads + group) * Shape.HeadSize;

    /// <summary>Where the values of group <paramref name="group"/> begin in a qkv row.</summary>
    public int ValueColumn(int group) => (Shape.Heads + Shape.KeyValueHeads + group) * Shape.HeadSize;
}
