namespace Lazuli.Numerics.Tests;

public sealed class ElementwiseTests
{
    [Fact]
    public void Add_scaled_is_exactly_a_rounded_product_and_a_rounded_sum()
    {
        using var bench = new KernelBench(2);
        foreach (int length in Sweep.Lengths.Append(20_011))
        {
            float[] x = KernelBench.Normal(1, length);
            float[] y = KernelBench.Normal(2, length);
            DeviceBuffer target = bench.Put(y);
            bench.Backend.AddScaled(bench.Put(x), 0.3f, target);
            float[] expected = new float[length];
            for (int i = 0; i < length; i++)
            {
                float product = x[i] * 0.3f;
                expected[i] = y[i] + product;
            }

            Near.Bits(expected, bench.Get(target), $"y of {length}");
        }
    }

    [Fact]
    public void Fill_writes_every_element_and_none_behind()
    {
        using var bench = new KernelBench();
        foreach (int length in Sweep.Lengths)
        {
            DeviceBuffer buffer = bench.Put(new float[length + 1]);
            bench.Backend.Fill(buffer.Slice(0, length), 7f);
            float[] found = bench.Get(buffer);
            Assert.All(found[..length], v => Assert.Equal(7f, v));
            Assert.Equal(0f, found[length]);
        }
    }

    [Fact]
    public void Refuses_overlap_and_unequal_lengths()
    {
        using var bench = new KernelBench();
        DeviceBuffer buffer = bench.Put(new float[16]);
        Assert.Throws<ArgumentException>(() => bench.Backend.AddScaled(buffer.Slice(0, 8), 1f, buffer.Slice(4, 8)));
        Assert.Throws<ArgumentException>(() => bench.Backend.AddScaled(buffer.Slice(0, 8), 1f, buffer.Slice(8, 7)));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer x = bench.Put(new float[20_000]);
        DeviceBuffer y = bench.Put(new float[20_000]);
        Allocations.AreNone(() =>
        {
            bench.Backend.Fill(x, 1f);
            bench.Backend.AddScaled(x, 2f, y);
        });
    }
}
