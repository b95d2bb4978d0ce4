using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Asks for weights before a kernel reads them. Rows of a few dozen lines end before the processor's own prefetchers have learnt their streams: unasked for, half of the bandwidth is lost.</summary>
internal static unsafe class StreamPrefetch
{
    /// <summary>Bytes of a line of the cache.</summary>
    public const int LineBytes = 64;

    /// <summary>How far before a stream: half a page.</summary>
    public const int AheadBytes = 2048;

    /// <summary>Asks for the lines of the next <paramref name="bytes"/> (a constant) and moves on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(ref byte* ahead, int bytes)
    {
        Sse.Prefetch0(ahead);
        if (bytes > 64)
        {
            Sse.Prefetch0(ahead + 64);
        }

        if (bytes > 128)
        {
            Sse.Prefetch0(ahead + 128);
        }

        if (bytes > 192)
        {
            Sse.Prefetch0(ahead + 192);
        }

        if (bytes > 256)
        {
            Sse.Prefetch0(ahead + 256);
        }

        if (bytes > 320)
        {
            Sse.Prefetch0(ahead + 320);
            Sse.Prefetch0(ahead + 384);
            Sse.Prefetch0(ahead + 448);
            Sse.Prefetch0(ahead + 512);
        }

        ahead += bytes;
    }

    /// <summary>Asks for the lines of <paramref name="bytes"/> (a constant) some way before two ascending streams <paramref name="apart"/> from each other: the processor's own prefetchers stop at the end of a page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* at, nint apart, int bytes)
    {
        byte* first = at + AheadBytes, second = first + apart;
        Lines(ref first, bytes);
        Lines(ref second, bytes);
    }

    /// <summary>As the other, before one stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* at, int bytes)
    {
        byte* ahead = at + AheadBytes;
        Lines(ref ahead, bytes);
    }

    /// <summary>A line every <paramref name="step"/> bytes of <paramref name="bytes"/> from <paramref name="start"/> on.</summary>
    public static void Every(byte* start, nint bytes, nint step)
    {
        for (nint at = 0; at < bytes + step - 1; at += step)
        {
            Sse.Prefetch0(start + at);
        }
    }
}
