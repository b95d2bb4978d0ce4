namespace Lazuli.Numerics.Tests;

/// <summary>A backend with an arena and seeded numbers, for one test.</summary>
internal sealed class OperatorBench : IDisposable
{
    private readonly DeviceArena _arena;

    public OperatorBench(int threads)
    {
        Backend = new CpuBackend(threads);
        _arena = Backend.CreateArena("test");
    }

    public CpuBackend Backend { get; }

    public DeviceBuffer Put(float[] values)
    {
        DeviceBuffer buffer = _arena.Floats(values.Length);
        Backend.Upload<float>(values, buffer);
        return buffer;
    }

    public DeviceBuffer Put(int[] values)
    {
        DeviceBuffer buffer = _arena.Integers(values.Length);
        Backend.Upload<int>(values, buffer);
        return buffer;
    }

    /// <summary>Bytes at an odd address, as rows in a mapped file may lie.</summary>
    public DeviceBuffer PutUnaligned(byte[] bytes)
    {
        DeviceBuffer buffer = _arena.Bytes(bytes.Length + 1).Slice(1, bytes.Length);
        Backend.Upload<byte>(bytes, buffer);
        return buffer;
    }

    public float[] Get(DeviceBuffer buffer)
    {
        var values = new float[buffer.Length];
        Backend.Download<float>(buffer, values);
        return values;
    }

    public float[] Normal(long length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < values.Length; i++)
        {
            // Irwin–Hall of four: near enough to normal, and never extreme.
            values[i] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * 1.7);
        }

        return values;
    }

    public void Dispose()
    {
        _arena.Dispose();
        Backend.Dispose();
    }
}
