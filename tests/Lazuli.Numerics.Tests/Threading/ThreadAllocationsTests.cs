using System.Diagnostics;
using Lazuli.Testing;

namespace Lazuli.Numerics.Tests;

public sealed class ThreadAllocationsTests
{
    private static byte[] kept = [];

    [Fact]
    public void A_background_collection_is_not_counted_and_an_object_is()
    {
        using var over = new CancellationTokenSource();
        var collector = new Thread(() => AllocateLarge(over.Token));
        collector.Start();
        int collections = GC.CollectionCount(2);
        long begun = Stopwatch.GetTimestamp();
        long most = 0;
        while (GC.CollectionCount(2) - collections < 20 && Stopwatch.GetElapsedTime(begun).TotalSeconds < 30)
        {
            kept = new byte[64]; // the thread has a piece of the heap, with a remainder
            ThreadAllocations counted = ThreadAllocations.Start();
            for (int i = 0; i < 100; i++)
            {
                Thread.SpinWait(1000);
            }

            most = Math.Max(most, counted.Bytes);
        }

        over.Cancel();
        collector.Join();
        Assert.InRange(GC.CollectionCount(2) - collections, 20, int.MaxValue);
        Assert.Equal(0, most);
        ThreadAllocations one = ThreadAllocations.Start();
        kept = new byte[100];
        Assert.InRange(one.Bytes, 100, 200);
    }

    /// <summary>Makes the runtime collect the whole heap in the background again and again.</summary>
    private static void AllocateLarge(CancellationToken over)
    {
        var blocks = new List<byte[]>();
        while (!over.IsCancellationRequested)
        {
            blocks.Add(new byte[100_000]);
            if (blocks.Count > 500)
            {
                blocks.Clear();
            }
        }
    }
}
