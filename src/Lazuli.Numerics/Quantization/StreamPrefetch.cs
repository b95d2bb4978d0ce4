using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Asks for weights before a kernel reads them. Rows of a few dozen lines end before the processor's own prefetchers have learnt their streams: unasked for, half of the bandwidth is lost.</summary>
internal static unsafe class StreamPrefetch
{
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

    /// <summary>Every line of <paramref name="bytes"/> from <paramref name="start"/> on.</summary>
    public static void All(byte* start, nint bytes)
    {
        for (nint at = 0; at < bytes + 63; at += 64)
        {
            Sse.Prefetch0(start + at);
        }
    }
}
