namespace Lazuli.Numerics;

/// <summary>Native working memory of a backend's operators: grows to the largest need and is kept, so that steady state allocates nothing.</summary>
/// <remarks>Contents do not survive from one operator to the next. One caller at a time.</remarks>
internal sealed unsafe class OperatorScratch : IDisposable
{
    private NativeBlock _block;

    public void Dispose()
    {
        if (_block.Start != 0)
        {
            NativePages.Free(_block);
            _block = default;
        }
    }

    /// <summary>Room for <paramref name="floats"/>, 64-byte aligned, contents undefined.</summary>
    public float* Reserve(long floats)
    {
        long bytes = checked(floats * sizeof(float));
        if (bytes > _block.Bytes)
        {
            NativeBlock larger = NativePages.Allocate(bytes);
            if (_block.Start != 0)
            {
                NativePages.Free(_block);
            }

            _block = larger;
        }

        return (float*)_block.Start;
    }
}
