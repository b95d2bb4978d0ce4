namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void StoreKeyValue(PagedAttentionShape shape, DeviceBuffer qkv, DeviceBuffer slots, DeviceBuffer keyPool, DeviceBuffer valuePool)
    {
        int poolSlots = CheckPools(shape, qkv, keyPool, valuePool, nameof(StoreKeyValue));
        CheckIntegers(slots, shape.Rows, nameof(slots));
        CheckRange(slots.Int32Pointer, shape.Rows, poolSlots, nameof(slots));
        var job = new StoreKeyValueJob(shape, qkv.Float32Pointer, slots.Int32Pointer, keyPool.BytePointer, valuePool.BytePointer);
        _pool.Run(ref job, (shape.Rows + StoreKeyValueJob.RowsPerTile - 1) / StoreKeyValueJob.RowsPerTile);
    }

    public void PagedAttention(PagedAttentionShape shape, DeviceBuffer qkv, DeviceBuffer keyPool, DeviceBuffer valuePool, DeviceBuffer pageTable, DeviceBuffer sequences, DeviceBuffer positions, DeviceBuffer y)
    {
        int pages = CheckPools(shape, qkv, keyPool, valuePool, nameof(PagedAttention)) / shape.PageSize;
        CheckIntegers(sequences, shape.Rows, nameof(sequences));
        CheckIntegers(positions, shape.Rows, nameof(positions));
        CheckFloats(y, (long)shape.Rows * shape.Heads * shape.HeadSize, nameof(y));
        CheckApart(qkv, y, nameof(y));
        CheckPages(shape, pages, pageTable, sequences.Int32Pointer, positions.Int32Pointer);
        var plan = new PagedAttentionPlan(shape);
        long runFloats = (shape.Rows + 16) / 16 * 16;
        float* scratch = _scratch.Reserve(runFloats + (ThreadCount * plan.ScratchLength));
        int* runs = (int*)scratch;
        int runCount = FindRuns(shape.Rows, plan.RowsPerJob, sequences.Int32Pointer, runs);
        var job = new PagedAttentionJob(
            plan, qkv.Float32Pointer, keyPool.BytePointer, valuePool.BytePointer, pageTable.Int32Pointer, sequences.Int32Pointer, positions.Int32Pointer, y.Float32Pointer, runs, scratch + runFloats);
        _pool.Run(ref job, runCount * shape.KeyValueHeads);
    }

    /// <summary>Checks qkv and pools; returns the slots of a pool.</summary>
    private static int CheckPools(PagedAttentionShape shape, DeviceBuffer qkv, DeviceBuffer keyPool, DeviceBuffer valuePool, string operation)
    {
        CheckHeads(shape.Heads, shape.KeyValueHeads, shape.HeadSize, operation);
        if (shape.Rows < 0 || shape.PageSize <= 0 || shape.MaxPagesPerSequence <= 0)
        {
            throw new ArgumentException($"{operation}: wants rows, a page size and pages a sequence; got {shape}.", nameof(shape));
        }

        CheckFloats(qkv, (long)shape.Rows * shape.RowStride, nameof(qkv), operation);
        if (shape.Format == KeyValueFormat.F32)
        {
            int rows = RowsOf(keyPool, shape.KeyValueHeads * shape.HeadSize, nameof(keyPool), operation);
            CheckFloats(valuePool, keyPool.Length, nameof(valuePool), operation);
            return rows;
        }

        int rowBytes = shape.PoolRowBytes;
        if (keyPool.IsNone || keyPool.Type != ElementType.Byte || keyPool.Length % rowBytes != 0)
        {
            throw new ArgumentException($"{operation}: keyPool wants whole rows of {rowBytes} bytes ({shape.Format}); got {keyPool}.", nameof(keyPool));
        }

        if (valuePool.IsNone || valuePool.Type != ElementType.Byte || valuePool.Length != keyPool.Length)
        {
            ThrowShape(operation, nameof(valuePool), ElementType.Byte, keyPool.Length, valuePool);
        }

        return checked((int)(keyPool.Length / rowBytes));
    }

    /// <summary>Refuses rows whose sequence, position or page does not exist: kernels follow them without looking again.</summary>
    private static void CheckPages(PagedAttentionShape shape, int pages, DeviceBuffer pageTable, int* sequences, int* positions)
    {
        if (pageTable.IsNone || pageTable.Type != ElementType.Int32 || pageTable.Length % shape.MaxPagesPerSequence != 0)
        {
            throw new ArgumentException($"PagedAttention: pageTable wants whole rows of {shape.MaxPagesPerSequence} integers; got {pageTable}.", nameof(pageTable));
        }

        CheckRange(sequences, shape.Rows, pageTable.Length / shape.MaxPagesPerSequence, nameof(sequences), nameof(PagedAttention));
        CheckRange(positions, shape.Rows, (long)shape.MaxPagesPerSequence * shape.PageSize, nameof(positions), nameof(PagedAttention));
        for (int r = 0; r < shape.Rows; r++)
        {
            if (r > 0 && sequences[r] == sequences[r - 1] && positions[r] / shape.PageSize <= positions[r - 1] / shape.PageSize)
            {
                continue; // the row before saw these pages already
            }

            int* row = pageTable.Int32Pointer + ((long)sequences[r] * shape.MaxPagesPerSequence);
            CheckRange(row, (positions[r] / shape.PageSize) + 1, pages, nameof(pageTable), nameof(PagedAttention));
        }
    }

    /// <summary>Cuts the rows into runs of one sequence of at most <paramref name="rowsPerRun"/>; run i is <c>[runs[i], runs[i+1])</c>.</summary>
    private static int FindRuns(int rows, int rowsPerRun, int* sequences, int* runs)
    {
        int count = 0;
        for (int r = 0; r < rows; r++)
        {
            if (r == 0 || sequences[r] != sequences[r - 1] || r - runs[count - 1] == rowsPerRun)
            {
                runs[count++] = r;
            }
        }

        runs[count] = rows;
        return count;
    }
}
