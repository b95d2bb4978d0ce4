using System.IO.MemoryMappedFiles;

namespace Lazuli.Training;

/// <summary>The mapped files of one shard.</summary>
internal sealed class MappedShard : IDisposable
{
    private readonly MemoryMappedFile _tokens;
    private readonly MemoryMappedFile? _mask;

    private MappedShard(MemoryMappedFile tokens, long tokenBytes, MemoryMappedFile? mask, long maskBytes)
    {
        _tokens = tokens;
        _mask = mask;
        Tokens = tokens.CreateViewAccessor(0, tokenBytes, MemoryMappedFileAccess.Read);
        Mask = mask?.CreateViewAccessor(0, maskBytes, MemoryMappedFileAccess.Read);
    }

    public MemoryMappedViewAccessor Tokens { get; }

    public MemoryMappedViewAccessor? Mask { get; }

    public static MappedShard Map(string folder, DataSetShard shard)
    {
        MemoryMappedFile tokens = MapFile(folder, shard.Tokens);
        MemoryMappedFile? mask = null;
        try
        {
            mask = shard.Mask is null ? null : MapFile(folder, shard.Mask);
            return new MappedShard(tokens, shard.Tokens.Bytes, mask, shard.Mask?.Bytes ?? 0);
        }
        catch
        {
            tokens.Dispose();
            mask?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Tokens.Dispose();
        Mask?.Dispose();
        _tokens.Dispose();
        _mask?.Dispose();
    }

    private static MemoryMappedFile MapFile(string folder, DataSetFile file)
    {
        var stream = new FileStream(Path.Combine(folder, file.Name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        try
        {
            return MemoryMappedFile.CreateFromFile(stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
