using System.Runtime.InteropServices;

namespace Lazuli.Numerics;

/// <summary>Memory that operators of one backend reuse: panels of a right operand, and a small private part for each thread. Grown, never shrunk.</summary>
internal sealed unsafe class KernelScratch(int threads) : IDisposable
{
    private readonly NativeBlock[] _workerBlocks = new NativeBlock[threads];
    private readonly float** _workers = (float**)NativeMemory.AllocZeroed((nuint)threads, (nuint)sizeof(float*));
    private NativeBlock _panels;
    private NativeBlock _work;

    /// <summary>At least <paramref name="floats"/> floats for packed panels; the old contents are gone.</summary>
    public float* Panels(long floats) => Grow(ref _panels, floats);

    /// <summary>At least <paramref name="floats"/> floats for intermediate results; the old contents are gone.</summary>
    public float* Work(long floats) => Grow(ref _work, floats);

    /// <summary>An array of one private part a thread, each of at least <paramref name="floats"/> floats.</summary>
    public float** Workers(long floats)
    {
        for (int i = 0; i < _workerBlocks.Length; i++)
        {
            _workers[i] = Grow(ref _workerBlocks[i], floats);
        }

        return _workers;
    }

    public void Dispose()
    {
        Free(ref _panels);
        Free(ref _work);
        for (int i = 0; i < _workerBlocks.Length; i++)
        {
            Free(ref _workerBlocks[i]);
        }

        NativeMemory.Free(_workers);
    }

    private static float* Grow(ref NativeBlock block, long floats)
    {
        if (block.Bytes < floats * sizeof(float))
        {
            Free(ref block);
            block = NativePages.Allocate(floats * sizeof(float));
        }

        return (float*)block.Start;
    }

    private static void Free(ref NativeBlock block)
    {
        if (block.Start != 0)
        {
            NativePages.Free(block);
            block = default;
        }
    }
}
