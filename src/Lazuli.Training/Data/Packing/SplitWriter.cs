namespace Lazuli.Training;

/// <summary>One side of a data set being written: packer and shards together.</summary>
internal sealed class SplitWriter : IDisposable
{
    private readonly RowWriter _rows;
    private readonly RowPacker _packer;
    private long _documents;
    private long _tokens;

    public SplitWriter(string folder, string name, DataSetSettings settings, int padding, int[] tokenLengths, int bytesPerToken, long maxShardBytes)
    {
        _rows = new RowWriter(folder, name, settings, tokenLengths, bytesPerToken, maxShardBytes);
        _packer = RowPacker.Create(settings, padding, _rows);
    }

    public void Add(EncodedDocument document)
    {
        _documents++;
        _tokens += document.Ids.Count;
        _packer.Add(document);
    }

    public DataSetSplitManifest Finish()
    {
        _packer.Finish();
        return _rows.Finish(_documents, _tokens);
    }

    public void Dispose() => _rows.Dispose();
}
