using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Lazuli.Proofs;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>Logs with entries that say their own index, in a temporary folder.</summary>
internal static class LogSamples
{
    public const string Name = "lazuli.test/log";

    private static readonly ConcurrentDictionary<long, MerkleHash> s_roots = new();

    public static TransparencyLog Open(TemporaryFolder folder) => TransparencyLog.Open(folder["log"], folder["keys"], Name);

    public static ReadOnlyMemory<byte> Entry(long index) => Encoding.UTF8.GetBytes("entry " + index.ToString(CultureInfo.InvariantCulture));

    public static Task<long> AppendAsync(TransparencyLog log, long first, int count) =>
        log.AppendAsync([.. Enumerable.Range(0, count).Select(i => Entry(first + i))], default);

    /// <summary>Makes a log that grew in these steps.</summary>
    public static async Task MakeAsync(TemporaryFolder folder, params int[] steps)
    {
        using TransparencyLog log = Open(folder);
        foreach (int step in steps)
        {
            Assert.Equal(log.Size, await AppendAsync(log, log.Size, step));
        }
    }

    /// <summary>As <see cref="MakeAsync"/>, without syncs: for large logs whose making is not what is tested.</summary>
    public static async Task MakeQuicklyAsync(TemporaryFolder folder, params int[] steps)
    {
        using TransparencyLog log = TransparencyLog.Open(new UnsyncedLogFiles(folder["log"]), folder["keys"], Name);
        foreach (int step in steps)
        {
            await AppendAsync(log, log.Size, step);
        }
    }

    /// <summary>Checks the whole of a log with nothing but its public key and what it serves.</summary>
    public static async Task CheckAsync(TransparencyLog log, IEnumerable<long> indices)
    {
        VerifierKey key = VerifierKey.Parse(log.VerifierKey);
        foreach (long index in indices)
        {
            ReadOnlyMemory<byte> entry = (await log.ReadAsync(index, default))!.Value;
            Assert.Equal(Entry(index).ToArray(), entry.ToArray());
            LogReceipt receipt = LogReceipt.Parse(Encoding.UTF8.GetBytes(await log.ReceiptAsync(index, default)));
            var verified = Assert.IsType<ReceiptResult.Verified>(receipt.Verify(MerkleHash.OfLeaf(entry.Span), key));
            Assert.Equal(index, verified.Index);
        }
    }

    /// <summary>The root by the definition.</summary>
    public static MerkleHash Root(long size) => s_roots.GetOrAdd(size, Compute);

    private static MerkleHash Compute(long size)
    {
        var frontier = new MerkleFrontier();
        for (long i = 0; i < size; i++)
        {
            frontier.AppendHash(MerkleHash.OfLeaf(Entry(i).Span));
        }

        return frontier.Root;
    }

    public static Checkpoint CheckpointOf(TransparencyLog log) =>
        Assert.IsType<CheckpointResult.Opened>(Checkpoint.Open(Encoding.UTF8.GetBytes(log.Checkpoint), VerifierKey.Parse(log.VerifierKey))).Checkpoint;
}
