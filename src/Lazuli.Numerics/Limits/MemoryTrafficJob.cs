using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>What a memory measurement does with its tiles of 4 MiB.</summary>
internal enum MemoryTraffic
{
    ReadOneStream,
    ReadFourStreams,
    Copy,
    Triad,
}

/// <summary>Moves through native memory: a tile is <see cref="TileFloats"/> floats of each array.</summary>
internal readonly unsafe struct MemoryTrafficJob(MemoryTraffic traffic, float* a, float* b, float* c, float* sink) : ITileJob
{
    public const int TileFloats = 1 << 20;

    public void Execute(int tile, int worker)
    {
        nint at = (nint)tile * TileFloats;
        switch (traffic)
        {
            case MemoryTraffic.ReadOneStream:
                sink[tile] = Read(a + at, TileFloats);
                break;
            case MemoryTraffic.ReadFourStreams:
                sink[tile] = ReadFour(a + at);
                break;
            case MemoryTraffic.Copy:
                Buffer.MemoryCopy(b + at, a + at, TileFloats * sizeof(float), TileFloats * sizeof(float));
                break;
            default:
                Triad(a + at, b + at, c + at);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Read(float* p, int count)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < count; i += 32)
        {
            s0 += Vector256.Load(p + i);
            s1 += Vector256.Load(p + i + 8);
            s2 += Vector256.Load(p + i + 16);
            s3 += Vector256.Load(p + i + 24);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ReadFour(float* p)
    {
        const int Quarter = TileFloats / 4;
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < Quarter; i += 16)
        {
            s0 += Vector256.Load(p + i) + Vector256.Load(p + i + 8);
            s1 += Vector256.Load(p + Quarter + i) + Vector256.Load(p + Quarter + i + 8);
            s2 += Vector256.Load(p + (2 * Quarter) + i) + Vector256.Load(p + (2 * Quarter) + i + 8);
            s3 += Vector256.Load(p + (3 * Quarter) + i) + Vector256.Load(p + (3 * Quarter) + i + 8);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Triad(float* to, float* x, float* y)
    {
        Vector256<float> scale = Vector256.Create(3f);
        for (int i = 0; i < TileFloats; i += 8)
        {
            (Vector256.Load(x + i) + (scale * Vector256.Load(y + i))).Store(to + i);
        }
    }
}
