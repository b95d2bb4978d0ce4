namespace Lazuli.Numerics;

/// <summary>Causal attention of one head: <c>y[t] = Σ_{f[t]≤s≤t} softmax_s(q[t]·k[s]/√D)·v[s]</c>, without a T×T matrix (Dao et al. 2022).</summary>
/// <remarks>
/// <para>Shapes: qkv [B·T, (H+2G)·D]; y [B·T, H·D]; logSumExp [B, H, T]; firstKeys f [B·T], null for zeros. Query head h reads key/value head h/(H/G).</para>
/// <para>A job packs its head's keys (transposed, by tiles) and values once, then takes tiles of <see cref="AttentionPlan.QueryTile"/> queries over ascending
/// tiles of <see cref="AttentionPlan.KeyTile"/> keys, keeping each row's running maximum m, sum l and output o:
/// <c>α = 2^(m − m'), l = α·l + Σp, o = α·o + p·V</c>. Scores carry log₂ e in the queries' scale, so powers are of two.
/// Register blocks wholly above the diagonal are skipped, and so are key tiles before the first key that any query of the tile sees.</para>
/// <para>Order of sums of a row: scores over d ascending; sums of p in eight lanes a tile; outputs over keys ascending. It depends on the row's place alone.</para>
/// </remarks>
internal unsafe struct CausalAttentionJob(AttentionPlan plan, float* qkv, int* firstKeys, float* y, float* logSumExp, float* scratch) : ITileJob
{
    private const int StateOfBlock = 8; // a register block's six rows, padded to a vector
    private const int RowState = AttentionPlan.QueryTile / AttentionTile.BlockRows * StateOfBlock;

    /// <summary>Floats of scratch that one thread needs.</summary>
    public static long ScratchLength(AttentionPlan plan) =>
        plan.TransposedLength + plan.RowsLength + (2L * plan.QueryTileLength) + (AttentionPlan.QueryTile * AttentionPlan.KeyTile) + (3 * RowState) + SoftmaxBlock.WorkLength;

    public readonly void Execute(int tile, int worker)
    {
        AttentionShape shape = plan.Shape;
        int split = tile % plan.QuerySplits;
        int head = tile / plan.QuerySplits % shape.Heads;
        int batch = tile / plan.QuerySplits / shape.Heads;
        int group = head / (shape.Heads / shape.KeyValueHeads);
        float* keys = scratch + (worker * ScratchLength(plan));
        float* values = keys + plan.TransposedLength;
        float* rows = qkv + ((long)batch * shape.Time * shape.RowStride);
        Pack(rows, group, keys, values);
        for (int queryTile = split; queryTile < plan.QueryTiles; queryTile += plan.QuerySplits)
        {
            QueryTileForward(rows, batch, head, queryTile * AttentionPlan.QueryTile, keys, values);
        }
    }

    private readonly void Pack(float* rows, int group, float* keys, float* values)
    {
        AttentionShape shape = plan.Shape;
        for (int j = 0; j < shape.Time; j += AttentionPlan.KeyTile)
        {
            int count = Math.Min(AttentionPlan.KeyTile, shape.Time - j);
            float* source = rows + ((long)j * shape.RowStride);
            AttentionTile.PackTransposed(source + plan.KeyColumn(group), shape.RowStride, count, shape.HeadSize, keys + ((long)j * shape.HeadSize), AttentionPlan.KeyTile);
            AttentionTile.PackRows(source + plan.ValueColumn(group), shape.RowStride, count, shape.HeadSize, 1f, values + ((long)j * plan.PaddedHead), plan.PaddedHead, AttentionPlan.KeyTile);
        }
    }

    private readonly void QueryTileForward(float* rows, int batch, int head, int firstQuery, float* keys, float* values)
    {
        AttentionShape shape = plan.Shape;
        int count = Math.Min(AttentionPlan.QueryTile, shape.Time - firstQuery);
        float* queries = values + plan.RowsLength;
        float* output = queries + plan.QueryTileLength;
        float* scores = output + plan.QueryTileLength;
        float* max = scores + (AttentionPlan.QueryTile * AttentionPlan.KeyTile);
        float* sum = max + RowState;
        float* alpha = sum + RowState;
        AttentionTile.PackRows(rows + ((long)firstQuery * shape.RowStride) + (head * shape.HeadSize), shape.RowStride, count, shape.HeadSize, VectorMath.Log2OfE / MathF.Sqrt(shape.HeadSize), queries, plan.PaddedHead, AttentionPlan.QueryTile);
        new Span<float>(output, plan.QueryTileLength).Clear();
        new Span<float>(max, RowState).Fill(float.NegativeInfinity);
        new Span<float>(sum, RowState).Clear();
        int* hidden = stackalloc int[firstKeys == null ? 0 : AttentionPlan.QueryTile];
        int begin = AttentionTile.FirstKeyTile(firstKeys == null ? null : firstKeys + ((long)batch * shape.Time) + firstQuery, count);
        for (int firstKey = begin; firstKey < firstQuery + count; firstKey += AttentionPlan.KeyTile)
        {
            for (int r = 0; firstKeys != null && r < count; r++)
            {
                hidden[r] = firstKeys[((long)batch * shape.Time) + firstQuery + r] - firstKey;
            }

            for (int r = 0; r < count; r += AttentionTile.BlockRows)
            {
                int visible = Math.Min(AttentionPlan.KeyTile, firstQuery + r + AttentionTile.BlockRows - firstKey);
                if (visible <= 0)
                {
                    continue;
                }

                float* block = scores + (r * AttentionPlan.KeyTile);
                float* tileKeys = keys + ((long)firstKey * shape.HeadSize);
                for (int c = 0; c < visible; c += AttentionTile.BlockColumns)
                {
                    AttentionTile.Multiply6x16(queries + (r * plan.PaddedHead), plan.PaddedHead, 1, tileKeys + c, AttentionPlan.KeyTile, shape.HeadSize, block + c, AttentionPlan.KeyTile, null);
                }

                int state = r / AttentionTile.BlockRows * StateOfBlock;
                SoftmaxBlock.Forward(block, firstQuery + r - firstKey + 1, visible, firstKeys == null ? null : hidden + r, max + state, sum + state, alpha + state, alpha + RowState);
                float* tileValues = values + ((long)firstKey * plan.PaddedHead);
                for (int c = 0; c < plan.PaddedHead; c += AttentionTile.BlockColumns)
                {
                    AttentionTile.Multiply6x16(block, AttentionPlan.KeyTile, 1, tileValues + c, plan.PaddedHead, visible, output + (r * plan.PaddedHead) + c, plan.PaddedHead, alpha + state);
                }
            }
        }

        Write(batch, head, firstQuery, count, output, max, sum);
    }

    private readonly void Write(int batch, int head, int firstQuery, int count, float* output, float* max, float* sum)
    {
        AttentionShape shape = plan.Shape;
        long row = ((long)batch * shape.Time) + firstQuery;
        float* logs = logSumExp + ((((long)batch * shape.Heads) + head) * shape.Time) + firstQuery;
        for (int r = 0; r < count; r++)
        {
            int state = (r / AttentionTile.BlockRows * StateOfBlock) + (r % AttentionTile.BlockRows);
            float* target = y + ((row + r) * shape.Heads * shape.HeadSize) + (head * shape.HeadSize);
            AttentionTile.PackRows(output + (r * plan.PaddedHead), 0, 1, shape.HeadSize, 1f / sum[state], target, shape.HeadSize, 1);
            logs[r] = (max[state] * VectorMath.Ln2) + MathF.Log(sum[state]);
        }
    }
}
