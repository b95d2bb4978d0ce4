namespace Lazuli.Numerics.Tests;

/// <summary>A backend with an arena for one test, and random arrays that depend on a seed only.</summary>
internal sealed class KernelBench : IDisposable
{
    private readonly DeviceArena _arena;

    public KernelBench(int threads = 1)
    {
        Backend = new CpuBackend(threads);
        _arena = Backend.CreateArena("test");
    }

    public CpuBackend Backend { get; }

    public static float[] Normal(int seed, int length, float scale = 1f)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            // Sum of uniforms: close enough to normal, and the same on every platform.
            values[i] = scale * (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2);
        }

        return values;
    }

    public DeviceBuffer Put(params float[] values)
    {
        DeviceBuffer buffer = _arena.Allocate(ElementType.Float32, values.Length);
        Backend.Upload<float>(values, buffer);
        return buffer;
    }

    public DeviceBuffer Put(params int[] values)
    {
        DeviceBuffer buffer = _arena.Allocate(ElementType.Int32, values.Length);
        Backend.Upload<int>(values, buffer);
        return buffer;
    }

    /// <summary>A buffer whose every element is NaN: an output that is not written shows.</summary>
    public DeviceBuffer Unwritten(long length)
    {
        DeviceBuffer buffer = _arena.Allocate(ElementType.Float32, length);
        Backend.Fill(buffer, float.NaN);
        return buffer;
    }

    public float[] Get(DeviceBuffer buffer)
    {
        var values = new float[buffer.Length];
        Backend.Download<float>(buffer, values);
        return values;
    }

    public void Dispose()
    {
        _arena.Dispose();
        Backend.Dispose();
    }
}
