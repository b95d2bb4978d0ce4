using Lazuli.Testing;

namespace Lazuli.Numerics.Tests;

public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Every_tile_runs_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int tiles in new[] { 0, 1, 2, 3, 64, 1000 })
        {
            var counts = new int[Math.Max(1, tiles)];
            fixed (int* p = counts)
            {
                var job = new CountJob(p, threads);
                pool.Run(ref job, tiles);
            }

            Assert.All(counts.Take(tiles), c => Assert.Equal(1, c));
        }
    }

    [Fact]
    public void Many_tiny_jobs_in_a_row_lose_nothing()
    {
        using var pool = new WorkerPool(3);
        var counts = new int[3];
        const int Jobs = 20_000;
        fixed (int* p = counts)
        {
            var job = new CountJob(p, 3);
            for (int i = 0; i < Jobs; i++)
            {
                pool.Run(ref job, 3);
            }
        }

        Assert.All(counts, c => Assert.Equal(Jobs, c));
    }

    [Fact]
    public void A_job_after_a_pause_wakes_parked_threads()
    {
        using var pool = new WorkerPool(2);
        using var never = new ManualResetEventSlim();
        var counts = new int[64];
        fixed (int* p = counts)
        {
            var job = new CountJob(p, 2);
            for (int i = 0; i < 5; i++)
            {
                never.Wait(10, TestContext.Current.CancellationToken); // longer than the threads spin
                pool.Run(ref job, 64);
            }
        }

        Assert.All(counts, c => Assert.Equal(5, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_tile_throws_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        var failing = new FailingJob(17);
        for (int i = 0; i < 20; i++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => pool.Run(ref failing, 100));
            Assert.Equal("tile 17", error.Message);
        }

        var counts = new int[10];
        fixed (int* p = counts)
        {
            var job = new CountJob(p, threads);
            pool.Run(ref job, 10);
        }

        Assert.All(counts, c => Assert.Equal(1, c));
    }

    [Fact]
    public void Disposing_twice_is_fine_and_a_pool_needs_a_thread()
    {
        var pool = new WorkerPool(3);
        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
    }

    [Fact]
    public void Running_a_job_allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        var counts = new int[8];
        fixed (int* p = counts)
        {
            var job = new CountJob(p, 2);
            pool.Run(ref job, 8);
            ThreadAllocations counted = ThreadAllocations.Start();
            for (int i = 0; i < 100; i++)
            {
                pool.Run(ref job, 8);
            }

            Assert.Equal(0, counted.Bytes);
        }
    }

    private readonly struct CountJob(int* counts, int threads) : ITileJob
    {
        public void Execute(int tile, int worker)
        {
            if (worker < 0 || worker >= threads)
            {
                throw new InvalidOperationException($"worker {worker} of {threads}");
            }

            Interlocked.Increment(ref counts[tile]);
        }
    }

    private readonly struct FailingJob(int failing) : ITileJob
    {
        public void Execute(int tile, int worker)
        {
            if (tile == failing)
            {
                throw new InvalidOperationException($"tile {tile}");
            }
        }
    }
}
