using System.Text;
using CsCheck;
using Lazuli.Contracts;
using Lazuli.Proofs;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Platform.Tests;

public sealed class TransparencyLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Seventy_thousand_entries_are_readable_provable_and_whole_after_reopening()
    {
        const int Size = 70_000;
        await LogSamples.MakeQuicklyAsync(_folder, 1, 254, 1, 1, 65_279, 1, Size - 65_537);
        using TransparencyLog log = LogSamples.Open(_folder);
        Assert.Equal(Size, log.Size);
        Assert.Equal(LogSamples.Root(Size), LogSamples.CheckpointOf(log).Root);
        await LogSamples.CheckAsync(log, [0, 1, 255, 256, 257, 65_534, 65_535, 65_536, 69_887, 69_999]);
        Assert.Empty(await log.VerifyAsync(default));
        Assert.Null(await log.ReadAsync(Size, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.ReceiptAsync(Size, default));
    }

    [Fact]
    public async Task The_files_are_those_of_the_standard_and_no_partial_one_outlives_its_full_one()
    {
        await LogSamples.MakeAsync(_folder, 100, 100, 100, 300);
        string log = _folder["log"];
        Assert.Equal(
            ["checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/1", "tile/1/000.p/2", "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"],
            Directory.GetFiles(log, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(log, f)).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["keys/log.key"]));
        }
    }

    [Fact]
    public void Growing_by_any_steps_gives_the_same_tree_and_files() =>
        Gen.Int[1, 700].Array[1, 5].Sample(
            steps =>
            {
                using var folder = new TemporaryFolder();
                LogSamples.MakeQuicklyAsync(folder, steps).GetAwaiter().GetResult();
                using TransparencyLog log = LogSamples.Open(folder); // reads the edge back
                LogSamples.AppendAsync(log, log.Size, 3).GetAwaiter().GetResult();
                Assert.Equal(steps.Sum() + 3, log.Size);
                Assert.Equal(LogSamples.Root(log.Size), LogSamples.CheckpointOf(log).Root);
                Assert.Empty(log.VerifyAsync(default).GetAwaiter().GetResult());
            },
            iter: 8,
            threads: 1);

    [Fact]
    public async Task Appends_from_many_threads_each_get_their_own_place_in_order()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        var placed = new long[200];
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
            placed[i] = await log.AppendAsync([Encoding.UTF8.GetBytes($"{i} a"), Encoding.UTF8.GetBytes($"{i} b")], default));
        Assert.Equal(400, log.Size);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 2L * i), placed.Order());
        for (int i = 0; i < placed.Length; i++)
        {
            Assert.Equal($"{i} a", Encoding.UTF8.GetString((await log.ReadAsync(placed[i], default))!.Value.Span));
            Assert.Equal($"{i} b", Encoding.UTF8.GetString((await log.ReadAsync(placed[i] + 1, default))!.Value.Span));
        }

        Assert.Empty(await log.VerifyAsync(default));
    }

    [Fact]
    public async Task A_receipt_from_before_holds_for_ever()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        await LogSamples.AppendAsync(log, 0, 10);
        LogReceipt receipt = LogReceipt.Parse(Encoding.UTF8.GetBytes(await log.ReceiptAsync(4, default)));
        await LogSamples.AppendAsync(log, 10, 1000);
        Assert.IsType<ReceiptResult.Verified>(receipt.Verify(MerkleHash.OfLeaf(LogSamples.Entry(4).Span), VerifierKey.Parse(log.VerifierKey)));
        Assert.IsType<ReceiptResult.Refused>(receipt.Verify(MerkleHash.OfLeaf(LogSamples.Entry(5).Span), VerifierKey.Parse(log.VerifierKey)));
    }

    [Fact]
    public async Task The_caller_may_change_its_memory_while_it_waits()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        byte[] mine = "before"u8.ToArray();
        Task<long> append = log.AppendAsync([mine], default);
        mine.AsSpan().Clear();
        Assert.Equal("before"u8.ToArray(), (await log.ReadAsync(await append, default))!.Value.ToArray());
    }

    [Fact]
    public async Task Entries_are_one_to_65535_bytes()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([], default));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([ReadOnlyMemory<byte>.Empty], default));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync([new byte[65_536]], default));
        Assert.Equal(0, await log.AppendAsync([new byte[65_535]], default));
        Assert.Equal(65_535, (await log.ReadAsync(0, default))!.Value.Length);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.AppendAsync([new byte[1]], new CancellationToken(canceled: true)));
        Assert.Equal(1, log.Size);
    }

    [Fact]
    public async Task A_new_log_has_signed_the_empty_tree()
    {
        string key;
        using (TransparencyLog log = LogSamples.Open(_folder))
        {
            key = log.VerifierKey;
            Assert.Equal((LogSamples.Name, 0L), (LogSamples.CheckpointOf(log).Origin, LogSamples.CheckpointOf(log).Size));
        }

        using TransparencyLog again = LogSamples.Open(_folder);
        Assert.Equal(key, again.VerifierKey);
        Assert.Empty(await again.VerifyAsync(default));
    }

    [Fact]
    public async Task One_process_writes_a_log_and_a_closed_one_takes_nothing()
    {
        TransparencyLog log = LogSamples.Open(_folder);
        Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder));
        Task<long> last = LogSamples.AppendAsync(log, 0, 5);
        log.Dispose();
        log.Dispose();
        Assert.Equal(0, await last);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => LogSamples.AppendAsync(log, 5, 1));
        using TransparencyLog again = LogSamples.Open(_folder);
        Assert.Equal(5, again.Size);
    }

    [Fact]
    public async Task It_is_a_service_of_its_home()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationManager());
        services.AddLazuliStorage(options => options.Home = _folder.Path).AddTransparencyLog();
        await using ServiceProvider provider = services.BuildServiceProvider();
        ITransparencyLog log = provider.GetRequiredService<ITransparencyLog>();
        Assert.Equal(0, await log.AppendAsync(["x"u8.ToArray()], default));
        Assert.StartsWith("lazuli.local/log\n1\n", log.Checkpoint, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["log/checkpoint"]));
        Assert.Same(log, provider.GetRequiredService<TransparencyLog>());
    }
}
