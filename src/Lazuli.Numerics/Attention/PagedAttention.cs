using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>
/// Attention of query rows over keys and values that lie in pages: row r of sequence s sees positions 0..p and
/// <c>y[r] = Σ_{j≤p} softmax_j(q[r]·k[j]/√D)·v[j]</c>.
/// </summary>
/// <remarks>
/// <para>Shapes: qkv [R, (H+2G)·D]; pools [pages, G, pageSize, D], so that a job reads one stretch of memory a page; pageTable [sequences, maxPages]; sequences, positions [R]; y [R, H·D].</para>
/// <para>Online softmax over tiles equal to the page, ascending; scores as <see cref="PageScores"/>, sums of p in eight lanes a page, outputs one chain of
/// multiply-adds over keys. A row's order is given by its position and the page size: batch neighbours, chunk size and the rows that share a
/// job change no bit, since kernels of one row and of several agree to the bit and a row never takes part in a page it does not see.</para>
/// <para>Pages in F16 or Q8_0 are widened to fp32 once for all rows of a job, then everything is as for F32.</para>
/// <para>A job is a run of rows of one sequence and one key/value head; all query heads of the group share the page while it is in the first cache.</para>
/// </remarks>
internal unsafe struct PagedAttentionJob(PagedAttentionPlan plan, float* qkv, byte* keyPool, byte* valuePool, int* pageTable, int* sequences, int* positions, float* y, int* runs, float* scratch) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        PagedAttentionShape shape = plan.Shape;
        int group = tile % shape.KeyValueHeads;
        int firstRow = runs[tile / shape.KeyValueHeads];
        int endRow = runs[(tile / shape.KeyValueHeads) + 1];
        var at = new PagedAttentionScratch(plan, scratch + (worker * plan.ScratchLength));
        int count = LoadQueries(group, firstRow, endRow, at);
        int* pages = pageTable + ((long)sequences[firstRow] * shape.MaxPagesPerSequence);
        int last = 0;
        for (int r = 0; r < count; r++)
        {
            last = Math.Max(last, at.Positions[r]);
        }

        for (int firstPosition = 0; firstPosition <= last; firstPosition += shape.PageSize)
        {
            Page(pages[firstPosition / shape.PageSize], firstPosition, group, count, at);
        }

        WriteRows(group, firstRow, endRow, at);
    }

    /// <summary>Lays (row, head) pairs of the group side by side, scaled, and clears their state. Returns how many.</summary>
    private readonly int LoadQueries(int group, int firstRow, int endRow, PagedAttentionScratch at)
    {
        PagedAttentionShape shape = plan.Shape;
        int headsPerGroup = shape.Heads / shape.KeyValueHeads;
        float scale = VectorMath.Log2OfE / MathF.Sqrt(shape.HeadSize); // powers of two below
        int count = 0;
        for (int r = firstRow; r < endRow; r++)
        {
            float* row = qkv + ((long)r * shape.RowStride) + (group * headsPerGroup * shape.HeadSize);
            for (int h = 0; h < headsPerGroup; h++, count++)
            {
                AttentionTile.PackRows(row + (h * shape.HeadSize), 0, 1, shape.HeadSize, scale, at.Queries + (count * plan.PaddedHead), plan.PaddedHead, 1);
                at.Positions[count] = positions[r];
            }
        }

        int padded = plan.PaddedRows(count);
        new Span<float>(at.Output, padded * plan.PaddedHead).Clear();
        new Span<float>(at.Max, padded).Fill(float.NegativeInfinity);
        new Span<float>(at.Sum, padded).Clear();
        return count;
    }

    private readonly void Page(int page, int firstPosition, int group, int count, PagedAttentionScratch at)
    {
        PagedAttentionShape shape = plan.Shape;
        int longest = 0;
        for (int r = 0; r < count; r++)
        {
            longest = Math.Max(longest, Visible(r, firstPosition, at));
        }

        nint stride = shape.HeadSize, headBytes = shape.HeadBytes;
        nint start = (((nint)page * shape.KeyValueHeads) + group) * shape.PageSize * headBytes;
        float* keys = (float*)(keyPool + start);
        float* values = (float*)(valuePool + start);
        if (shape.Format != KeyValueFormat.F32)
        {
            KeyValueRows.Load(shape.Format, keyPool + start, headBytes, longest, shape.HeadSize, at.PaddedKeys, plan.PaddedHead);
            KeyValueRows.Load(shape.Format, valuePool + start, headBytes, longest, shape.HeadSize, at.PaddedValues, plan.PaddedHead);
            keys = at.PaddedKeys;
            values = at.PaddedValues;
            stride = plan.PaddedHead;
        }
        else if (plan.PaddedHead != shape.HeadSize)
        {
            AttentionTile.PackRows(keys, stride, longest, shape.HeadSize, 1f, at.PaddedKeys, plan.PaddedHead, longest);
            AttentionTile.PackRows(values, stride, longest, shape.HeadSize, 1f, at.PaddedValues, plan.PaddedHead, longest);
            keys = at.PaddedKeys;
            values = at.PaddedValues;
            stride = plan.PaddedHead;
        }

        PageScores.Compute(at.Queries, plan.PaddedHead, count, keys, stride, longest, plan.PaddedHead, at.Scores, plan.ScoreRow);
        for (int r = 0; r < count; r++)
        {
            Softmax(r, Visible(r, firstPosition, at), at);
        }

        for (int r = 0; r < count; r += AttentionTile.BlockRows)
        {
            Accumulate(r, Math.Min(AttentionTile.BlockRows, count - r), firstPosition, values, stride, at);
        }
    }

    private readonly int Visible(int row, int firstPosition, PagedAttentionScratch at) => Math.Clamp(at.Positions[row] - firstPosition + 1, 0, plan.Shape.PageSize);

    private readonly void Softmax(int row, int visible, PagedAttentionScratch at)
    {
        if (visible == 0)
        {
            return;
        }

        float* scores = at.Scores + (row * plan.ScoreRow);
        float max = SoftmaxRow.Max(scores, visible, at.Max[row]);
        float alpha = at.Max[row] == max ? 1f : VectorMath.Exp2Bounded(Vector256.Create(at.Max[row] - max))[0];
        at.Sum[row] = (at.Sum[row] * alpha) + SoftmaxRow.Exponentials(scores, visible, visible, max);
        at.Max[row] = max;
        at.Alpha[row] = alpha;
    }

    /// <summary>Adds p·V of up to six rows: keys that all of them see by the register block, the ragged rest row by row.</summary>
    private readonly void Accumulate(int first, int rows, int firstPosition, float* values, nint stride, PagedAttentionScratch at)
    {
        int shared = int.MaxValue;
        for (int r = first; r < first + rows; r++)
        {
            shared = Math.Min(shared, Visible(r, firstPosition, at));
        }

        bool block = rows == AttentionTile.BlockRows && shared > 0;
        if (block)
        {
            for (int c = 0; c < plan.PaddedHead; c += AttentionTile.BlockColumns)
            {
                AttentionTile.Multiply6x16(
                    at.Scores + (first * plan.ScoreRow), plan.ScoreRow, 1, values + c, stride, shared, at.Output + (first * plan.PaddedHead) + c, plan.PaddedHead, at.Alpha + first);
            }
        }

        int done = block ? shared : 0;
        for (int r = first; r < first + rows; r++)
        {
            int visible = Visible(r, firstPosition, at);
            if (visible > done)
            {
                AttentionTile.MultiplyRow(
                    at.Scores + (r * plan.ScoreRow) + done, values + (done * stride), stride, visible - done, at.Output + (r * plan.PaddedHead), plan.PaddedHead, block ? 1f : at.Alpha[r]);
            }
        }
    }

    private readonly void WriteRows(int group, int firstRow, int endRow, PagedAttentionScratch at)
    {
        PagedAttentionShape shape = plan.Shape;
        int headsPerGroup = shape.Heads / shape.KeyValueHeads;
        int i = 0;
        for (int r = firstRow; r < endRow; r++)
        {
            float* row = y + ((((long)r * shape.Heads) + (group * headsPerGroup)) * shape.HeadSize);
            for (int h = 0; h < headsPerGroup; h++, i++)
            {
                AttentionTile.PackRows(at.Output + (i * plan.PaddedHead), 0, 1, shape.HeadSize, 1f / at.Sum[i], row + (h * shape.HeadSize), shape.HeadSize, 1);
            }
        }
    }
}
