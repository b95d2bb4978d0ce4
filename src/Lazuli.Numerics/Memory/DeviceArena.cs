namespace Lazuli.Numerics;

/// <summary>Owner of device memory: hands out zeroed, 64-byte aligned buffers in order and takes them all back at once.</summary>
/// <remarks>
/// Steady state allocates nothing: a step takes its buffers between <see cref="Mark"/> and <see cref="Release"/>, and the arena
/// keeps the pages. Only the first use of a page costs a fault. Not thread-safe: one owner.
/// </remarks>
public abstract class DeviceArena : IDisposable
{
    /// <summary>Hands out <paramref name="length"/> elements. Contents are zero on first use of the memory and undefined after a release.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">The device has no room; the message names the size.</exception>
    public abstract DeviceBuffer Allocate(ElementType type, long length);

    /// <summary>Hands out floats.</summary>
    public DeviceBuffer Floats(long length) => Allocate(ElementType.Float32, length);

    /// <summary>Hands out 32-bit integers.</summary>
    public DeviceBuffer Integers(long length) => Allocate(ElementType.Int32, length);

    /// <summary>Hands out bytes.</summary>
    public DeviceBuffer Bytes(long length) => Allocate(ElementType.Byte, length);

    /// <summary>The place up to which memory is handed out now; give it to <see cref="Release"/>.</summary>
    public abstract long Mark();

    /// <summary>Takes back everything handed out since <paramref name="mark"/>; the pages stay with the arena.</summary>
    public abstract void Release(long mark);

    /// <summary>Bytes handed out now.</summary>
    public abstract long UsedBytes { get; }

    /// <summary>Bytes taken from the device.</summary>
    public abstract long ReservedBytes { get; }

    /// <summary>Gives the memory back to the device.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back to the device.</summary>
    protected abstract void Dispose(bool disposing);
}
