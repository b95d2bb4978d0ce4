namespace Lazuli.Numerics;

/// <summary>Measures the memory's read bandwidth in slices of some milliseconds: plain 4 KiB pages, four streams a thread, all threads of a backend.</summary>
/// <remarks>Keeps its array, so that a slice is no more than one reading of it. Whoever decodes reads mapped weights, which lie in plain pages too.</remarks>
public sealed unsafe class MemoryReadProbe : IDisposable
{
    private readonly CpuBackend _backend;
    private readonly NativeBlock _array;
    private readonly int _tiles;

    /// <summary>Takes and touches an array.</summary>
    /// <param name="backend">Whose threads to use; stays the caller's.</param>
    /// <param name="megabytes">Size of the array in 1e6 bytes, rounded to 4 MiB; well above the last-level cache.</param>
    public MemoryReadProbe(CpuBackend backend, int megabytes = 192)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentOutOfRangeException.ThrowIfLessThan(megabytes, 1);
        _backend = backend;
        _tiles = (int)Math.Max(1, megabytes * 1_000_000L / (MemoryTrafficJob.TileFloats * sizeof(float)));
        long bytes = (long)_tiles * MemoryTrafficJob.TileFloats * sizeof(float);
        _array = NativePages.Allocate(bytes, hugePages: false);
        new Span<byte>((void*)_array.Start, MemoryTrafficJob.TileFloats * sizeof(float)).Fill(1);
        for (int tile = 1; tile < _tiles; tile++)
        {
            Buffer.MemoryCopy((void*)_array.Start, (float*)_array.Start + ((long)tile * MemoryTrafficJob.TileFloats), MemoryTrafficJob.TileFloats * sizeof(float), MemoryTrafficJob.TileFloats * sizeof(float));
        }
    }

    /// <summary>One slice, in 1e9 bytes a second.</summary>
    public double MeasureGigabytesPerSecond() =>
        MachineLimits.Traffic(_backend, MemoryTraffic.ReadFourStreams, _tiles, 1, _array, _array, _array);

    /// <summary>Gives the array back.</summary>
    public void Dispose() => NativePages.Free(_array);
}
