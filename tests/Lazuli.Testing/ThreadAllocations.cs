namespace Lazuli.Testing;

/// <summary>Managed bytes that the calling thread has allocated since <see cref="Start"/>, exact to zero.</summary>
/// <remarks>
/// A thread takes the heap in pieces of 8 KiB. When a background collection begins while it works, as other tests make happen at any time, the runtime
/// takes the piece back and the thread's counter jumps by what was unused of it, though nothing was allocated. A collection first leaves the thread no piece to lose.
/// </remarks>
public readonly struct ThreadAllocations
{
    private readonly long _before;

    private ThreadAllocations(long before) => _before = before;

    /// <summary>Bytes since the start. Read it on the thread that started.</summary>
    public long Bytes => GC.GetAllocatedBytesForCurrentThread() - _before;

    /// <summary>Begins to count on the calling thread.</summary>
    public static ThreadAllocations Start()
    {
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        return new ThreadAllocations(GC.GetAllocatedBytesForCurrentThread());
    }
}
