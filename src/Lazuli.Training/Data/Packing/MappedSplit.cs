namespace Lazuli.Training;

/// <summary>The shards of one split, in order of rows.</summary>
internal sealed class MappedSplit : IDisposable
{
    private readonly MappedShard[] _shards;
    private readonly long[] _firstRows;

    private MappedSplit(MappedShard[] shards, long[] firstRows, long rows)
    {
        _shards = shards;
        _firstRows = firstRows;
        Rows = rows;
    }

    public long Rows { get; }

    public static MappedSplit Map(string folder, DataSetSplitManifest split)
    {
        var shards = new List<MappedShard>();
        var firstRows = new List<long>();
        long rows = 0;
        try
        {
            foreach (DataSetShard shard in split.Shards)
            {
                shards.Add(MappedShard.Map(folder, shard));
                firstRows.Add(rows);
                rows += shard.Rows;
            }

            return new MappedSplit([.. shards], [.. firstRows], rows);
        }
        catch
        {
            shards.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>The shard of a row that exists.</summary>
    public MappedShard Find(long row, out long rowInShard)
    {
        int at = Array.BinarySearch(_firstRows, row);
        int shard = at >= 0 ? at : ~at - 1;
        rowInShard = row - _firstRows[shard];
        return _shards[shard];
    }

    public void Dispose() => Array.ForEach(_shards, s => s.Dispose());
}
