namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void EmbeddingGather(int channels, DeviceBuffer ids, DeviceBuffer table, DeviceBuffer y, bool accumulate = false)
    {
        CheckEmbedding(channels, ids, table, nameof(table), nameof(EmbeddingGather));
        CheckFloats(y, ids.Length * channels, nameof(y));
        CheckApart(table, y, nameof(y));
        int rows = checked((int)ids.Length);
        var job = new EmbeddingGatherJob(rows, channels, ids.Int32Pointer, table.Float32Pointer, y.Float32Pointer, accumulate);
        _pool.Run(ref job, (rows + EmbeddingGatherJob.RowsPerTile - 1) / EmbeddingGatherJob.RowsPerTile);
    }

    public void EmbeddingScatterAdd(int channels, DeviceBuffer ids, DeviceBuffer dy, DeviceBuffer dTable)
    {
        CheckEmbedding(channels, ids, dTable, nameof(dTable), nameof(EmbeddingScatterAdd));
        CheckFloats(dy, ids.Length * channels, nameof(dy));
        CheckApart(dy, dTable, nameof(dTable));
        var job = new EmbeddingScatterAddJob(checked((int)ids.Length), channels, ids.Int32Pointer, dy.Float32Pointer, dTable.Float32Pointer);
        _pool.Run(ref job, EmbeddingScatterAddJob.TilesOf(channels));
    }

    private static void CheckEmbedding(int channels, DeviceBuffer ids, DeviceBuffer table, string tableName, string operation)
    {
        CheckIntegers(ids, ids.Length, nameof(ids), operation);
        int vocabulary = RowsOf(table, channels, tableName, operation);
        int* id = ids.Int32Pointer;
        for (long r = 0; r < ids.Length; r++)
        {
            if ((uint)id[r] >= (uint)vocabulary)
            {
                throw new ArgumentException($"{operation}: ids[{r}] is {id[r]}; wants an id in [0, {vocabulary}).", nameof(ids));
            }
        }
    }
}
