namespace Lazuli.Numerics.Tests;

public sealed class CounterRandomTests
{
    // Known answers of philox4x32-10 from the Random123 distribution (kat_vectors).
    [Theory]
    [InlineData(0ul, 0ul, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xfffffffffffffffful, 0xfffffffffffffffful, 0xfffffffffffffffful, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822ul, 0x0370734413198a2eul, 0x85a308d3243f6a88ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_words(ulong seed, ulong stream, ulong counter, uint x0, uint x1, uint x2, uint x3)
    {
        Assert.Equal(new CounterRandom.PhiloxBlock(x0, x1, x2, x3), CounterRandom.Block(seed, stream, counter));
        Assert.Equal(x0 | ((ulong)x1 << 32), CounterRandom.UInt64(seed, stream, counter));
    }

    [Fact]
    public void Consecutive_counters_walk_the_words_of_a_block()
    {
        CounterRandom.PhiloxBlock block = CounterRandom.Block(1, 2, 5);
        Assert.Equal([block.X0, block.X1, block.X2, block.X3], Enumerable.Range(20, 4).Select(i => CounterRandom.UInt32(1, 2, (ulong)i)).ToArray());
    }

    [Fact]
    public void Doubles_fill_the_unit_interval_evenly()
    {
        double[] values = Enumerable.Range(0, 20_000).Select(i => CounterRandom.Double(3, 4, (ulong)i)).ToArray();
        Assert.All(values, v => Assert.InRange(v, 0, 1 - 1e-17));
        for (int tenth = 0; tenth < 10; tenth++)
        {
            // 2000 expected; six standard deviations of a binomial are 255.
            Assert.InRange(values.Count(v => (int)(v * 10) == tenth), 1745, 2255);
        }
    }

    [Fact]
    public void Below_reaches_every_value_and_nothing_beyond()
    {
        var seen = new HashSet<ulong>();
        for (ulong i = 0; i < 500; i++)
        {
            seen.Add(CounterRandom.Below(7, 1, 1, i));
        }

        Assert.Equal([0ul, 1, 2, 3, 4, 5, 6], seen.Order().ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => CounterRandom.Below(0, 1, 1, 1));
    }

    [Fact]
    public void Normal_numbers_have_mean_deviation_and_kurtosis_of_a_normal()
    {
        using var bench = new KernelBench(2);
        DeviceBuffer buffer = bench.Unwritten(100_003);
        bench.Backend.FillNormal(buffer, 2f, 7, 9);
        double[] z = bench.Get(buffer).Select(v => v / 2.0).ToArray();
        Assert.InRange(z.Average(), -0.016, 0.016); // five standard errors
        Assert.InRange(z.Average(v => v * v), 0.977, 1.023);
        Assert.InRange(z.Average(v => v * v * v * v), 2.84, 3.16);
        Assert.InRange(z.Zip(z.Skip(1), (a, b) => a * b).Average(), -0.016, 0.016);
    }

    [Fact]
    public void An_element_depends_on_seed_stream_and_index_alone()
    {
        float[][] results = new float[4][];
        for (int threads = 1; threads <= 3; threads++)
        {
            using var bench = new KernelBench(threads);
            DeviceBuffer buffer = bench.Unwritten(9_001);
            bench.Backend.FillNormal(buffer, 0.02f, 11, 12);
            results[threads] = bench.Get(buffer);
            DeviceBuffer shorter = bench.Unwritten(1_001);
            bench.Backend.FillNormal(shorter, 0.02f, 11, 12);
            Near.Bits(results[threads].AsSpan(0, 1_001), bench.Get(shorter), "a shorter buffer");
            bench.Backend.FillNormal(shorter, 0.02f, 11, 13);
            Assert.NotEqual(results[threads][0], bench.Get(shorter)[0]);
            Allocations.AreNone(() => bench.Backend.FillNormal(buffer, 0.02f, 11, 12));
        }

        Near.Bits(results[1], results[2], "two threads");
        Near.Bits(results[1], results[3], "three threads");
    }
}
