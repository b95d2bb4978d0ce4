namespace Lazuli.Numerics;

/// <summary>Bump allocation over native blocks of the host. Blocks are kept until the arena is disposed, so a repeated step faults no pages.</summary>
internal sealed class CpuArena : DeviceArena
{
    private const long Alignment = 64;
    private const long DefaultBlockBytes = 64L << 20;

    private readonly string _name;
    private readonly List<NativeBlock> _blocks = [];
    private int _block;
    private long _used;

    public CpuArena(string name, long initialBytes)
    {
        _name = name;
        if (initialBytes > 0)
        {
            _blocks.Add(NativePages.Allocate(initialBytes));
        }
    }

    public override long UsedBytes
    {
        get
        {
            long sum = _used;
            for (int i = 0; i < _block; i++)
            {
                sum += _blocks[i].Bytes;
            }

            return sum;
        }
    }

    public override long ReservedBytes => _blocks.Sum(b => b.Bytes);

    public override DeviceBuffer Allocate(ElementType type, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        long bytes = (Math.Max(1, length * type.ByteSize()) + Alignment - 1) / Alignment * Alignment;
        while (_block < _blocks.Count && _blocks[_block].Bytes - _used < bytes)
        {
            _block++;
            _used = 0;
        }

        if (_block == _blocks.Count)
        {
            _blocks.Add(NativePages.Allocate(Math.Max(bytes, DefaultBlockBytes)));
            _used = 0;
        }

        var buffer = new DeviceBuffer(_blocks[_block].Start + (nint)_used, length, type, device: 0);
        _used += bytes;
        return buffer;
    }

    // A mark packs the block's number above 44 bits of offset: blocks stay below 16 TiB.
    public override long Mark() => ((long)_block << 44) | _used;

    public override void Release(long mark)
    {
        int block = (int)(mark >> 44);
        long used = mark & ((1L << 44) - 1);
        if (mark < 0 || block > _block || (block == _block && used > _used))
        {
            throw new ArgumentOutOfRangeException(nameof(mark), $"Arena '{_name}' was already released below this mark.");
        }

        _block = block;
        _used = used;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (NativeBlock block in _blocks)
        {
            NativePages.Free(block);
        }

        _blocks.Clear();
        _block = 0;
        _used = 0;
    }
}
