using CsCheck;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class ShuffledOrderTests
{
    [Fact]
    public void Every_row_comes_exactly_once_an_epoch() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1000], Gen.Int[1, 3000]).Sample(
            (seed, epoch, count) =>
            {
                var seen = new bool[count];
                for (int position = 0; position < count; position++)
                {
                    long row = ShuffledOrder.RowAt(seed, epoch, position, count);
                    Assert.False(seen[row]);
                    seen[row] = true;
                }
            },
            iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void Small_and_round_counts_are_permuted_too(int count)
    {
        IEnumerable<long> rows = Enumerable.Range(0, count).Select(p => ShuffledOrder.RowAt(7, 0, p, count));
        Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), rows.Order());
    }

    [Fact]
    public void Seeking_gives_what_walking_gives()
    {
        long[] walked = [.. Enumerable.Range(0, 500).Select(p => ShuffledOrder.RowAt(42, 3, p, 500))];
        foreach (int position in new[] { 499, 0, 250, 250, 17 })
        {
            Assert.Equal(walked[position], ShuffledOrder.RowAt(42, 3, position, 500));
        }
    }

    [Fact]
    public void The_order_never_changes_between_versions()
    {
        long[] rows = [.. Enumerable.Range(0, 8).Select(p => ShuffledOrder.RowAt(1, 0, p, 1000))];
        Assert.Equal(Golden, rows);
    }

    [Fact]
    public void Epochs_and_seeds_give_different_orders()
    {
        long[] Order(ulong seed, long epoch) => [.. Enumerable.Range(0, 64).Select(p => ShuffledOrder.RowAt(seed, epoch, p, 64))];

        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
    }

    [Fact]
    public void Every_row_is_about_equally_likely_at_every_place()
    {
        // Chi-square over 16 cells and 16,000 draws a position: 15 degrees of freedom, mean 15, deviation 5.5.
        for (int position = 0; position < 16; position++)
        {
            var hits = new int[16];
            for (ulong seed = 0; seed < 16_000; seed++)
            {
                hits[ShuffledOrder.RowAt(seed, 0, position, 16)]++;
            }

            double chiSquare = hits.Sum(h => (h - 1000.0) * (h - 1000.0) / 1000.0);
            Assert.InRange(chiSquare, 1, 50);
        }
    }

    [Fact]
    public void Very_large_counts_stay_in_range()
    {
        for (long position = 0; position < 1000; position++)
        {
            Assert.InRange(ShuffledOrder.RowAt(9, 1, position, long.MaxValue), 0, long.MaxValue - 1);
            Assert.InRange(ShuffledOrder.RowAt(9, 1, position, (1L << 40) + 1), 0, 1L << 40);
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 5, 5)]
    [InlineData(0, -1, 5)]
    [InlineData(-1, 0, 5)]
    public void Refuses_places_outside_the_epoch(long epoch, long position, long count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ShuffledOrder.RowAt(0, epoch, position, count));

    // From an independent program in another language.
    private static readonly long[] Golden = [527, 458, 872, 947, 532, 445, 966, 169];
}
