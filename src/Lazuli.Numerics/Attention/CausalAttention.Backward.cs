namespace Lazuli.Numerics;

/// <summary>
/// Backward of <see cref="CausalAttentionJob"/>, tile by tile from the kept log-sum-exp L (natural): <c>P = e^(QKᵀ/√D − L)</c>, <c>δ = Σ_d dY·Y</c>,
/// <c>dV = PᵀdY</c>, <c>dS = P∘(dY·Vᵀ − δ)</c>, <c>dQ = dS·K/√D</c>, <c>dK = dSᵀQ/√D</c> (Dao et al. 2022).
/// </summary>
/// <remarks>
/// Shapes: qkv, dQkv [B·T, (H+2G)·D]; y, dy [B·T, H·D]; logSumExp [B, H, T]. A job is one key/value head of one sequence: it owns dK and dV and walks its query
/// heads, query tiles and key tiles in ascending order, so every sum has one order, given by the shape. Five small products a tile, on packed tiles.
/// </remarks>
internal unsafe struct CausalAttentionBackwardJob(AttentionPlan plan, float* qkv, int* firstKeys, float* y, float* logSumExp, float* dy, float* dQkv, float* scratch) : ITileJob
{
    private const int ScoreTile = AttentionPlan.QueryTile * AttentionPlan.KeyTile;
    private const int Ones = 8;

    /// <summary>Floats of scratch that one thread needs.</summary>
    public static long ScratchLength(AttentionPlan plan) =>
        (2 * plan.TransposedLength) + (3 * plan.RowsLength) + (3L * plan.QueryTileLength) + (2 * ScoreTile) + (2 * AttentionPlan.QueryTile) + Ones;

    public readonly void Execute(int tile, int worker)
    {
        AttentionShape shape = plan.Shape;
        int group = tile % shape.KeyValueHeads;
        int batch = tile / shape.KeyValueHeads;
        var head = new HeadScratch(plan, scratch + (worker * ScratchLength(plan)));
        Pack(batch, group, head);
        int headsPerGroup = shape.Heads / shape.KeyValueHeads;
        for (int h = group * headsPerGroup; h < (group + 1) * headsPerGroup; h++)
        {
            for (int firstQuery = 0; firstQuery < shape.Time; firstQuery += AttentionPlan.QueryTile)
            {
                QueryTileBackward(batch, h, firstQuery, head);
            }
        }

        float* target = dQkv + ((long)batch * shape.Time * shape.RowStride);
        Unpack(head.DKeys, shape.Time, VectorMath.Ln2, target + plan.KeyColumn(group));
        Unpack(head.DValues, shape.Time, 1f, target + plan.ValueColumn(group));
    }

    private readonly void Pack(int batch, int group, HeadScratch head)
    {
        AttentionShape shape = plan.Shape;
        float* rows = qkv + ((long)batch * shape.Time * shape.RowStride);
        for (int j = 0; j < shape.Time; j += AttentionPlan.KeyTile)
        {
            int count = Math.Min(AttentionPlan.KeyTile, shape.Time - j);
            float* key = rows + ((long)j * shape.RowStride) + plan.KeyColumn(group);
            float* value = rows + ((long)j * shape.RowStride) + plan.ValueColumn(group);
            AttentionTile.PackTransposed(key, shape.RowStride, count, shape.HeadSize, head.KeysTransposed + ((long)j * shape.HeadSize), AttentionPlan.KeyTile);
            AttentionTile.PackTransposed(value, shape.RowStride, count, shape.HeadSize, head.ValuesTransposed + ((long)j * shape.HeadSize), AttentionPlan.KeyTile);
            AttentionTile.PackRows(key, shape.RowStride, count, shape.HeadSize, 1f, head.Keys + ((long)j * plan.PaddedHead), plan.PaddedHead, AttentionPlan.KeyTile);
        }

        new Span<float>(head.DKeys, checked((int)plan.RowsLength)).Clear();
        new Span<float>(head.DValues, checked((int)plan.RowsLength)).Clear();
        new Span<float>(head.One, Ones).Fill(1f);
    }

    private readonly void QueryTileBackward(int batch, int h, int firstQuery, HeadScratch head)
    {
        AttentionShape shape = plan.Shape;
        int count = Math.Min(AttentionPlan.QueryTile, shape.Time - firstQuery);
        long row = ((long)batch * shape.Time) + firstQuery;
        int width = shape.Heads * shape.HeadSize;
        long outputAt = (row * width) + (h * shape.HeadSize);
        float scale = 1f / MathF.Sqrt(shape.HeadSize);
        AttentionTile.PackRows(qkv + (row * shape.RowStride) + (h * shape.HeadSize), shape.RowStride, count, shape.HeadSize, scale * VectorMath.Log2OfE, head.Queries, plan.PaddedHead, AttentionPlan.QueryTile);
        AttentionTile.PackRows(dy + outputAt, width, count, shape.HeadSize, 1f, head.DOutput, plan.PaddedHead, AttentionPlan.QueryTile);
        new Span<float>(head.DQueries, plan.QueryTileLength).Clear();
        float* logs = logSumExp + ((((long)batch * shape.Heads) + h) * shape.Time) + firstQuery;
        for (int r = 0; r < AttentionPlan.QueryTile; r++)
        {
            long at = outputAt + ((long)r * width);
            head.Delta[r] = r < count ? RowMath.Dot(dy + at, y + at, shape.HeadSize) : 0f;
            head.Logs[r] = r < count ? logs[r] * VectorMath.Log2OfE : 0f;
        }

        int* firstOfRows = firstKeys == null ? null : firstKeys + row;
        for (int firstKey = AttentionTile.FirstKeyTile(firstOfRows, count); firstKey < firstQuery + count; firstKey += AttentionPlan.KeyTile)
        {
            ScoresAndQueries(firstQuery, count, firstKey, firstOfRows, head);
            KeysAndValues(firstQuery, count, firstKey, head);
        }

        Unpack(head.DQueries, count, scale, dQkv + (row * shape.RowStride) + (h * shape.HeadSize));
    }

    /// <summary>P and dS of one tile, and its share of dQ.</summary>
    private readonly void ScoresAndQueries(int firstQuery, int count, int firstKey, int* firstOfRows, HeadScratch head)
    {
        int* hidden = stackalloc int[firstOfRows == null ? 0 : AttentionPlan.QueryTile];
        for (int r = 0; firstOfRows != null && r < count; r++)
        {
            hidden[r] = firstOfRows[r] - firstKey;
        }

        int size = plan.Shape.HeadSize;
        int padded = plan.PaddedHead;
        float* keysTransposed = head.KeysTransposed + ((long)firstKey * size);
        float* valuesTransposed = head.ValuesTransposed + ((long)firstKey * size);
        float* keys = head.Keys + ((long)firstKey * padded);
        for (int r = 0; r < count; r += AttentionTile.BlockRows)
        {
            int visible = Math.Min(AttentionPlan.KeyTile, firstQuery + r + AttentionTile.BlockRows - firstKey);
            if (visible <= 0)
            {
                continue;
            }

            float* p = head.Scores + (r * AttentionPlan.KeyTile);
            float* ds = head.DScores + (r * AttentionPlan.KeyTile);
            for (int c = 0; c < visible; c += AttentionTile.BlockColumns)
            {
                AttentionTile.Multiply6x16(head.Queries + (r * padded), padded, 1, keysTransposed + c, AttentionPlan.KeyTile, size, p + c, AttentionPlan.KeyTile, null);
                AttentionTile.Multiply6x16(head.DOutput + (r * padded), padded, 1, valuesTransposed + c, AttentionPlan.KeyTile, size, ds + c, AttentionPlan.KeyTile, null);
            }

            SoftmaxBlock.Backward(p, ds, firstQuery + r - firstKey + 1, visible, firstOfRows == null ? null : hidden + r, head.Logs + r, head.Delta + r);
            for (int c = 0; c < padded; c += AttentionTile.BlockColumns)
            {
                AttentionTile.Multiply6x16(ds, AttentionPlan.KeyTile, 1, keys + c, padded, visible, head.DQueries + (r * padded) + c, padded, head.One);
            }
        }
    }

    /// <summary>One tile's shares of dV and dK: the same products, with P and dS read along columns and only the rows that see the keys.</summary>
    private readonly void KeysAndValues(int firstQuery, int count, int firstKey, HeadScratch head)
    {
        int padded = plan.PaddedHead;
        for (int k = 0; k < AttentionPlan.KeyTile; k += AttentionTile.BlockRows)
        {
            int first = Math.Max(0, firstKey + k - firstQuery);
            if (first >= count)
            {
                break;
            }

            float* p = head.Scores + (first * AttentionPlan.KeyTile) + k;
            float* ds = head.DScores + (first * AttentionPlan.KeyTile) + k;
            long target = (long)(firstKey + k) * padded;
            for (int c = 0; c < padded; c += AttentionTile.BlockColumns)
            {
                AttentionTile.Multiply6x16(p, 1, AttentionPlan.KeyTile, head.DOutput + (first * padded) + c, padded, count - first, head.DValues + target + c, padded, head.One);
                AttentionTile.Multiply6x16(ds, 1, AttentionPlan.KeyTile, head.Queries + (first * padded) + c, padded, count - first, head.DKeys + target + c, padded, head.One);
            }
        }
    }

    private readonly void Unpack(float* source, int rows, float factor, float* target)
    {
        for (int r = 0; r < rows; r++)
        {
            AttentionTile.PackRows(source + ((long)r * plan.PaddedHead), 0, 1, plan.Shape.HeadSize, factor, target + ((long)r * plan.Shape.RowStride), plan.Shape.HeadSize, 1);
        }
    }

    /// <summary>Where one thread's working arrays lie, one behind the other.</summary>
    private readonly struct HeadScratch
    {
        public readonly float* KeysTransposed;
        public readonly float* ValuesTransposed;
        public readonly float* Keys;
        public readonly float* DKeys;
        public readonly float* DValues;
        public readonly float* Queries;
        public readonly float* DOutput;
        public readonly float* DQueries;
        public readonly float* Scores;
        public readonly float* DScores;
        public readonly float* Delta;
        public readonly float* Logs;
        public readonly float* One;

        public HeadScratch(AttentionPlan plan, float* start)
        {
            KeysTransposed = start;
            ValuesTransposed = KeysTransposed + plan.TransposedLength;
            Keys = ValuesTransposed + plan.TransposedLength;
            DKeys = Keys + plan.RowsLength;
            DValues = DKeys + plan.RowsLength;
            Queries = DValues + plan.RowsLength;
            DOutput = Queries + plan.QueryTileLength;
            DQueries = DOutput + plan.QueryTileLength;
            Scores = DQueries + plan.QueryTileLength;
            DScores = Scores + ScoreTile;
            Delta = DScores + ScoreTile;
            Logs = Delta + AttentionPlan.QueryTile;
            One = Logs + AttentionPlan.QueryTile;
        }
    }
}
