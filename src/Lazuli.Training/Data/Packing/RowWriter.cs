using System.Buffers.Binary;
using System.Globalization;

namespace Lazuli.Training;

/// <summary>Writes the rows of one split into shards of bounded size.</summary>
internal sealed class RowWriter(string folder, string splitName, DataSetSettings settings, int[] tokenLengths, int bytesPerToken, long maxShardBytes) : IDisposable
{
    private readonly List<DataSetShard> _shards = [];
    private readonly byte[] _row = new byte[(settings.ContextLength + 1) * bytesPerToken];
    private readonly byte[] _maskRow = new byte[(settings.ContextLength + 7) / 8];
    private readonly MemoryStream _mask = new();
    private ShardFileWriter? _tokens;
    private bool _maskNeeded;
    private long _rowsInShard;
    private long _rows;
    private long _targets;
    private long _targetBytes;

    /// <summary>Appends a row of context length + 1 ids; <paramref name="counts"/>[i] says whether ids[i] carries loss (the first cannot).</summary>
    public void Write(ReadOnlySpan<int> ids, ReadOnlySpan<bool> counts)
    {
        if (ids.Length != settings.ContextLength + 1 || counts.Length != ids.Length)
        {
            throw new ArgumentException($"A row wants {settings.ContextLength + 1} ids and flags; got {ids.Length} and {counts.Length}.", nameof(ids));
        }

        _maskRow.AsSpan().Clear();
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            if ((uint)id >= (uint)tokenLengths.Length)
            {
                throw new ArgumentException($"The tokenizer gave id {id} but says that its vocabulary has {tokenLengths.Length}.", nameof(ids));
            }

            if (bytesPerToken == 2)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(_row.AsSpan(i * 2), (ushort)id);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(_row.AsSpan(i * 4), (uint)id);
            }

            if (i == 0)
            {
                continue;
            }

            if (counts[i])
            {
                _maskRow[(i - 1) >> 3] |= (byte)(1 << ((i - 1) & 7));
                _targets++;
                _targetBytes += tokenLengths[id];
            }
            else
            {
                _maskNeeded = true;
            }
        }

        _tokens ??= new ShardFileWriter(folder, Name("tokens"));
        _tokens.Write(_row);
        _mask.Write(_maskRow);
        _rowsInShard++;
        _rows++;
        if ((_rowsInShard + 1) * _row.Length > maxShardBytes)
        {
            CloseShard();
        }
    }

    /// <summary>Closes the last shard and says what the split holds.</summary>
    public DataSetSplitManifest Finish(long documents, long tokens)
    {
        CloseShard();
        return new DataSetSplitManifest(documents, _rows, tokens, _targets, _targetBytes, _shards);
    }

    public void Dispose()
    {
        _tokens?.Dispose();
        _mask.Dispose();
    }

    private void CloseShard()
    {
        if (_tokens is null)
        {
            return;
        }

        DataSetFile tokens = _tokens.Finish();
        _tokens.Dispose();
        _tokens = null;
        DataSetFile? mask = null;
        if (_maskNeeded)
        {
            using var file = new ShardFileWriter(folder, Name("mask"));
            file.Write(_mask.GetBuffer().AsSpan(0, (int)_mask.Length));
            mask = file.Finish();
        }

        _shards.Add(new DataSetShard(_rowsInShard, tokens, mask));
        _mask.SetLength(0);
        _maskNeeded = false;
        _rowsInShard = 0;
    }

    private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{splitName}-{_shards.Count:D5}.{kind}");
}
