using CsCheck;
using Lazuli.Billing;

namespace Lazuli.Platform.Tests.Billing;

public sealed class SlidingWindowTests
{
    [Fact]
    public void Counts_all_of_the_window_and_at_most_a_part_more() => Gen.Select(Gen.Int[0, 9_000], Gen.Int[0, 5]).Array[1, 60].Sample(steps =>
    {
        var window = new SlidingWindow(TimeSpan.FromTicks(12_000), 12);
        var all = new List<(long At, long Count)>();
        long now = 0;
        foreach ((int wait, int count) in steps)
        {
            now += wait;
            window.Advance(now);
            window.Add(count);
            all.Add((now, count));
            Assert.InRange(window.Total, all.Where(e => now - e.At < 12_000).Sum(e => e.Count), all.Where(e => now - e.At < 13_000).Sum(e => e.Count));
            var copy = new SlidingWindow(TimeSpan.FromTicks(12_000), 12);
            byte[] bytes = new byte[window.WrittenLength];
            Assert.True(window.Write(bytes).IsEmpty);
            Assert.True(copy.Read(bytes).IsEmpty);
            TimeSpan until = window.UntilEmpty(now);
            copy.Advance(now + until.Ticks);
            Assert.Equal(0, copy.Total);
            if (until > TimeSpan.Zero)
            {
                copy.Read(bytes);
                copy.Advance(now + until.Ticks - 1);
                Assert.NotEqual(0, copy.Total);
            }
        }
    }, iter: 2000);

    [Fact]
    public void Room_comes_exactly_when_it_says() => Gen.Select(Gen.Select(Gen.Int[0, 3_000], Gen.Int[1, 5]).Array[1, 30], Gen.Int[1, 20], Gen.Int[1, 30]).Sample((steps, more, limit) =>
    {
        var window = new SlidingWindow(TimeSpan.FromTicks(12_000), 12);
        long now = 0;
        foreach ((int wait, int count) in steps)
        {
            now += wait;
            window.Advance(now);
            window.Add(count);
        }

        TimeSpan? until = window.UntilRoom(more, limit, now);
        if (more > limit)
        {
            Assert.Null(until);
            return;
        }

        long before = now + until!.Value.Ticks - 1;
        if (before >= now)
        {
            window.Advance(before);
            Assert.True(window.Total + more > limit);
        }

        window.Advance(now + until.Value.Ticks);
        Assert.True(window.Total + more <= limit);
    }, iter: 2000);

    [Fact]
    public void A_clock_set_back_over_a_restart_forgets_nothing()
    {
        var window = new SlidingWindow(TimeSpan.FromMinutes(1), 12);
        window.Advance(TimeSpan.FromDays(2).Ticks);
        window.Add(5);
        window.Advance(TimeSpan.FromDays(1).Ticks);
        Assert.Equal(5, window.Total);
        window.Advance((TimeSpan.FromDays(1) + TimeSpan.FromSeconds(66)).Ticks);
        Assert.Equal(0, window.Total);
    }

    [Fact]
    public void Takes_back_only_what_still_counts()
    {
        var window = new SlidingWindow(TimeSpan.FromTicks(12), 12);
        window.Advance(0);
        window.Add(10);
        window.Advance(5);
        window.Add(3);
        window.TakeBack(4, 0);
        Assert.Equal(9, window.Total);
        window.Advance(13);
        Assert.Equal(3, window.Total);
        window.TakeBack(6, 0);
        Assert.Equal(3, window.Total);
    }
}
