using System.Runtime.InteropServices;

namespace Lazuli.Numerics;

/// <summary>Zeroed native memory in huge pages where the system gives them on request.</summary>
/// <remarks>
/// A training step touches hundreds of megabytes; 4 KiB pages cost page faults once and TLB misses for ever. Linux with
/// transparent huge pages set to <c>madvise</c> gives 2 MiB pages only to memory that asks. Elsewhere this is plain zeroed memory.
/// </remarks>
internal static unsafe partial class NativePages
{
    private const long HugePageBytes = 2L << 20;
    private const int ProtReadWrite = 0x3;
    private const int MapPrivateAnonymous = 0x22;
    private const int AdviseHugePage = 14;
    private const int AdviseNoHugePage = 15;

    /// <summary>Takes <paramref name="bytes"/>, aligned to 2 MiB; ordinary pages where <paramref name="hugePages"/> is false.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no room.</exception>
    public static NativeBlock Allocate(long bytes, bool hugePages = true)
    {
        long rounded = (bytes + HugePageBytes - 1) / HugePageBytes * HugePageBytes;
        if (!OperatingSystem.IsLinux())
        {
            void* plain = NativeMemory.AlignedAlloc((nuint)rounded, (nuint)HugePageBytes);
            NativeMemory.Clear(plain, (nuint)rounded);
            return new NativeBlock((nint)plain, (nint)plain, rounded, rounded);
        }

        long mapped = rounded + HugePageBytes;
        nint start = MemoryMap(0, (nuint)mapped, ProtReadWrite, MapPrivateAnonymous, -1, 0);
        if (start == -1)
        {
            throw new InsufficientMemoryException($"The system gave no memory for {rounded:N0} bytes of tensors.");
        }

        nint aligned = (nint)((start + HugePageBytes - 1) / HugePageBytes * HugePageBytes);
        _ = MemoryAdvise(aligned, (nuint)rounded, hugePages ? AdviseHugePage : AdviseNoHugePage); // advice only: a refusal leaves small pages, which work
        return new NativeBlock(start, aligned, mapped, rounded);
    }

    /// <summary>Gives a block back.</summary>
    public static void Free(NativeBlock block)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = MemoryUnmap(block.MappedStart, (nuint)block.MappedBytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)block.MappedStart);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int MemoryAdvise(nint address, nuint length, int advice);
}
