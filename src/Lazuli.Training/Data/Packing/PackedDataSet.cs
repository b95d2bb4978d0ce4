using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Lazuli.Training;

/// <summary>A prepared data set, memory-mapped: rows of token ids ready for a step. Safe for use by many threads.</summary>
/// <remarks>
/// A row holds context length + 1 ids: inputs are the first T, targets the last T, and a mask says which targets count.
/// Nothing is read at opening but the manifest, the sizes of the files and one small table; reading a row allocates nothing.
/// </remarks>
public sealed class PackedDataSet : IDisposable
{
    /// <summary>The target that carries no loss.</summary>
    public const int NoTarget = -1;

    private const int ChunkTokens = 512;

    private readonly MappedSplit _train;
    private readonly MappedSplit _heldOut;
    private readonly int[] _tokenLengths;
    private readonly string _folder;

    private PackedDataSet(string folder, DataSetManifest manifest, int[] tokenLengths, MappedSplit train, MappedSplit heldOut)
    {
        _folder = folder;
        Manifest = manifest;
        _tokenLengths = tokenLengths;
        _train = train;
        _heldOut = heldOut;
    }

    /// <summary>What the data set says of itself.</summary>
    public DataSetManifest Manifest { get; }

    /// <summary>T: inputs, and targets, in a row.</summary>
    public int ContextLength => Manifest.Settings.ContextLength;

    /// <summary>Every id is below it.</summary>
    public int VocabularySize => Manifest.VocabularySize;

    /// <summary>Digest of the tokenizer that made the ids.</summary>
    public string TokenizerDigest => Manifest.TokenizerDigest;

    /// <summary>Names the data set by content, tokenizer and settings.</summary>
    public string Digest => Manifest.Digest;

    /// <summary>UTF-8 bytes of the text of each id; 0 for special tokens.</summary>
    public ReadOnlySpan<int> TokenByteLengths => _tokenLengths;

    /// <summary>Opens the data set in <paramref name="folder"/>. Checks the manifest and the size of every file; <see cref="VerifyAsync"/> also reads them through.</summary>
    /// <exception cref="DataSetFormatException">Something is missing or off.</exception>
    public static PackedDataSet Open(string folder)
    {
        DataSetManifest manifest = DataSetManifest.Read(folder);
        foreach (DataSetFile file in manifest.Files)
        {
            var info = new FileInfo(Path.Combine(folder, file.Name));
            if (!info.Exists || info.Length != file.Bytes)
            {
                throw new DataSetFormatException(info.FullName, "the file", $"{file.Bytes} bytes", info.Exists ? $"{info.Length} bytes" : "no file");
            }
        }

        int[] lengths = ReadTokenLengths(folder, manifest);
        MappedSplit train = MappedSplit.Map(folder, manifest.Train);
        try
        {
            return new PackedDataSet(folder, manifest, lengths, train, MappedSplit.Map(folder, manifest.HeldOut));
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    /// <summary>Number of rows of a split.</summary>
    public long RowCount(DataSplit split) => Mapped(split).Rows;

    /// <summary>Reads one row. <paramref name="targets"/>[i] is the id that follows <paramref name="inputs"/>[i], or <see cref="NoTarget"/>.</summary>
    /// <exception cref="ArgumentException">A span is not of length <see cref="ContextLength"/>, or there is no such row.</exception>
    /// <exception cref="DataSetFormatException">The row holds an id outside the vocabulary.</exception>
    public void ReadRow(DataSplit split, long row, Span<int> inputs, Span<int> targets)
    {
        if (inputs.Length != ContextLength || targets.Length != ContextLength)
        {
            throw new ArgumentException($"A row wants inputs and targets of {ContextLength} each; got {inputs.Length} and {targets.Length}.", nameof(inputs));
        }

        MappedShard shard = Find(split, row, out long rowInShard);
        ReadIds(split, row, shard, rowInShard, inputs, targets);
        if (shard.Mask is null)
        {
            return;
        }

        Span<byte> mask = stackalloc byte[ChunkTokens / 8];
        long maskRow = rowInShard * ((ContextLength + 7) / 8);
        for (int start = 0; start < targets.Length; start += ChunkTokens)
        {
            Span<int> part = targets[start..Math.Min(targets.Length, start + ChunkTokens)];
            Span<byte> bits = mask[..((part.Length + 7) / 8)];
            shard.Mask.SafeMemoryMappedViewHandle.ReadSpan((ulong)(maskRow + (start / 8)), bits);
            for (int i = 0; i < part.Length; i++)
            {
                if ((bits[i >> 3] >> (i & 7) & 1) == 0)
                {
                    part[i] = NoTarget;
                }
            }
        }
    }

    /// <summary>UTF-8 bytes of the text of a row's targets, special tokens not counted: the divisor of bits per byte.</summary>
    /// <exception cref="ArgumentException">There is no such row.</exception>
    /// <exception cref="DataSetFormatException">The row holds an id outside the vocabulary.</exception>
    public long TargetBytes(DataSplit split, long row)
    {
        int[] ids = System.Buffers.ArrayPool<int>.Shared.Rent(2 * ContextLength);
        try
        {
            Span<int> targets = ids.AsSpan(ContextLength, ContextLength);
            ReadRow(split, row, ids.AsSpan(0, ContextLength), targets);
            long bytes = 0;
            foreach (int id in targets)
            {
                bytes += id == NoTarget ? 0 : _tokenLengths[id];
            }

            return bytes;
        }
        finally
        {
            System.Buffers.ArrayPool<int>.Shared.Return(ids);
        }
    }

    /// <summary>Reads every file through and compares its digest with the manifest's.</summary>
    /// <exception cref="DataSetFormatException">A file is not the one that was prepared.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken = default)
    {
        foreach (DataSetFile file in Manifest.Files)
        {
            string path = Path.Combine(_folder, file.Name);
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
            {
                string found = DataSetManifest.DigestOf(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
                if (found != file.Digest)
                {
                    throw new DataSetFormatException(path, "the contents", file.Digest, found);
                }
            }
        }
    }

    /// <summary>Unmaps the files. No row may be read afterwards.</summary>
    public void Dispose()
    {
        _train.Dispose();
        _heldOut.Dispose();
    }

    private static int[] ReadTokenLengths(string folder, DataSetManifest manifest)
    {
        string path = Path.Combine(folder, manifest.TokenLengths.Name);
        byte[] bytes = File.ReadAllBytes(path);
        if (DataSetManifest.DigestOf(SHA256.HashData(bytes)) != manifest.TokenLengths.Digest)
        {
            throw new DataSetFormatException(path, "the contents", manifest.TokenLengths.Digest, "other bytes");
        }

        var lengths = new int[manifest.VocabularySize];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 4));
            if (lengths[i] < 0)
            {
                throw new DataSetFormatException(path, $"id {i}", "a length of zero or more", $"{lengths[i]}");
            }
        }

        return lengths;
    }

    private MappedSplit Mapped(DataSplit split) => split switch
    {
        DataSplit.Train => _train,
        DataSplit.HeldOut => _heldOut,
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "Unknown split."),
    };

    private MappedShard Find(DataSplit split, long row, out long rowInShard)
    {
        MappedSplit mapped = Mapped(split);
        if ((ulong)row >= (ulong)mapped.Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The {split} split has {mapped.Rows} rows.");
        }

        return mapped.Find(row, out rowInShard);
    }

    private void ReadIds(DataSplit split, long row, MappedShard shard, long rowInShard, Span<int> inputs, Span<int> targets)
    {
        int width = Manifest.BytesPerToken;
        int last = ContextLength;
        ulong offset = (ulong)rowInShard * (ulong)(ContextLength + 1) * (ulong)width;
        Span<byte> bytes = stackalloc byte[ChunkTokens * 4];
        for (int start = 0; start <= last; start += ChunkTokens)
        {
            int count = Math.Min(ChunkTokens, last + 1 - start);
            Span<byte> chunk = bytes[..(count * width)];
            shard.Tokens.SafeMemoryMappedViewHandle.ReadSpan(offset + ((ulong)start * (ulong)width), chunk);
            for (int i = 0; i < count; i++)
            {
                uint id = width == 2
                    ? BinaryPrimitives.ReadUInt16LittleEndian(chunk[(i * 2)..])
                    : BinaryPrimitives.ReadUInt32LittleEndian(chunk[(i * 4)..]);
                if (id >= (uint)VocabularySize)
                {
                    throw new DataSetFormatException(_folder, $"{split} row {row}, token {start + i}", $"an id below {VocabularySize}", $"{id}");
                }

                int t = start + i;
                if (t < last)
                {
                    inputs[t] = (int)id;
                }

                if (t > 0)
                {
                    targets[t - 1] = (int)id;
                }
            }
        }
    }
}
