namespace Lazuli.Numerics.Tests;

public sealed class ArenaTests
{
    [Fact]
    public void Buffers_are_aligned_apart_and_zero_on_first_use()
    {
        using var backend = new CpuBackend(1);
        using DeviceArena arena = backend.CreateArena("test", 1 << 20);
        var seen = new List<(long Start, long End)>();
        foreach (long length in new long[] { 0, 1, 15, 16, 17, 1000, 40_000_000 })
        {
            DeviceBuffer buffer = arena.Floats(length);
            Assert.Equal(0, buffer.Address % 64);
            Assert.Equal(length, buffer.Length);
            Assert.All(seen, s => Assert.True(buffer.Address >= s.End || buffer.Address + buffer.ByteLength <= s.Start));
            seen.Add((buffer.Address, buffer.Address + buffer.ByteLength));
            var values = new float[length];
            backend.Download<float>(buffer, values);
            Assert.DoesNotContain(values, v => v != 0f);
        }

        Assert.True(arena.UsedBytes <= arena.ReservedBytes);
    }

    [Fact]
    public void A_step_repeated_between_marks_reuses_the_same_memory()
    {
        using var backend = new CpuBackend(1);
        using DeviceArena arena = backend.CreateArena("test");
        _ = arena.Floats(100);
        long mark = arena.Mark();
        DeviceBuffer[] first = Step(arena);
        long reserved = arena.ReservedBytes;
        for (int i = 0; i < 3; i++)
        {
            arena.Release(mark);
            Assert.Equal(first, Step(arena));
        }

        Assert.Equal(reserved, arena.ReservedBytes);

        static DeviceBuffer[] Step(DeviceArena arena) => [arena.Floats(1000), arena.Floats(30_000_000), arena.Integers(7), arena.Floats(20_000_000)];
    }

    [Fact]
    public void Releasing_a_mark_that_was_already_released_past_is_refused()
    {
        using var backend = new CpuBackend(1);
        using DeviceArena arena = backend.CreateArena("step");
        long outer = arena.Mark();
        _ = arena.Floats(1000);
        long inner = arena.Mark();
        arena.Release(outer);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => arena.Release(inner));

        Assert.Contains("step", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Floats(-1));
    }

    [Fact]
    public void Disposing_gives_everything_back_and_may_be_repeated()
    {
        using var backend = new CpuBackend(1);
        DeviceArena arena = backend.CreateArena("test", 1 << 20);
        _ = arena.Floats(1);
        arena.Dispose();
        arena.Dispose();

        Assert.Equal(0, arena.ReservedBytes);
        Assert.Equal(0, arena.UsedBytes);
    }

    [Fact]
    public void An_impossible_size_is_named()
    {
        using var backend = new CpuBackend(1);
        using DeviceArena arena = backend.CreateArena("test");

        var error = Assert.Throws<InsufficientMemoryException>(() => arena.Floats(1L << 50));

        Assert.Contains("bytes", error.Message, StringComparison.Ordinal);
    }
}
