using System.Security.Cryptography;

namespace Lazuli.Training;

/// <summary>Writes one file of a data set, digesting it on the way, and syncs it to the disk at the end.</summary>
internal sealed class ShardFileWriter : IDisposable
{
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _name;
    private long _bytes;

    public ShardFileWriter(string folder, string name)
    {
        _name = name;
        _stream = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _hash.AppendData(bytes);
        _bytes += bytes.Length;
    }

    /// <summary>Forces the bytes to the disk and says what was written.</summary>
    public DataSetFile Finish()
    {
        _stream.Flush(flushToDisk: true);
        return new DataSetFile(_name, _bytes, DataSetManifest.DigestOf(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }
}
