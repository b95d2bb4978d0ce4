using CsCheck;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class LogTamperingTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private string[] _files = [];

    public async ValueTask InitializeAsync() => await MakeAsync(40, 10, 250, 700, 37, 500);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0, 40)]
    [InlineData(65_400, 6)]
    public async Task Any_byte_changed_anywhere_is_found_in_its_file(int more, int changes)
    {
        if (more > 0)
        {
            await MakeAsync(more, 37);
        }

        using TransparencyLog log = LogSamples.Open(_folder);
        string[] edge = [.. _files.Where(f => (f.Contains(".p/", StringComparison.Ordinal) || f.EndsWith("checkpoint", StringComparison.Ordinal) || f.Contains("tile/1", StringComparison.Ordinal)))];
        Gen.Select(Gen.Bool, Gen.Int[0, _files.Length - 1], Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
            (atEdge, which, at, flip) =>
            {
                string path = atEdge ? edge[which % edge.Length] : _files[which];
                byte[] sound = File.ReadAllBytes(path);
                byte[] changed = [.. sound];
                changed[at % changed.Length] ^= flip;
                File.WriteAllBytes(path, changed);
                IReadOnlyList<LogFault> faults = log.VerifyAsync(default).GetAwaiter().GetResult();
                File.WriteAllBytes(path, sound);
                LogFault fault = Assert.Single(faults);
                Assert.Equal(path, fault.Path);
                return true;
            },
            iter: changes,
            threads: 1);
        Assert.Empty(await log.VerifyAsync(default));
    }

    [Fact]
    public async Task A_file_cut_short_made_longer_or_removed_is_found()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        foreach (string path in _files.Where((_, i) => i % 3 == 0).Append(_folder["log/checkpoint"]))
        {
            byte[] sound = await File.ReadAllBytesAsync(path);
            foreach (byte[] changed in new[] { sound[..^1], [], [.. sound, 0] })
            {
                await File.WriteAllBytesAsync(path, changed);
                Assert.Equal(path, Assert.Single(await log.VerifyAsync(default)).Path);
            }

            File.Delete(path);
            Assert.All(await log.VerifyAsync(default), fault => Assert.Equal(path, fault.Path));
            await File.WriteAllBytesAsync(path, sound);
        }
    }

    [Fact]
    public async Task Several_changes_are_all_found()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        string[] changed = [_folder["log/tile/0/003"], _folder["log/tile/entries/001"], _folder["log/tile/entries/002"]];
        foreach (string path in changed)
        {
            byte[] bytes = await File.ReadAllBytesAsync(path);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
        }

        Assert.Equal(changed, (await log.VerifyAsync(default)).Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_changed_edge_or_checkpoint_keeps_the_log_from_opening()
    {
        await MakeAsync(65_000); // 66,537: an edge of three levels
        string[] needed =
        [
            _folder["log/checkpoint"], _folder["keys/log.checkpoint"],
            _folder["log/tile/0/259.p/233"], _folder["log/tile/entries/259.p/233"], _folder["log/tile/1/001.p/3"], _folder["log/tile/2/000.p/1"],
        ];
        foreach (string path in needed)
        {
            byte[] sound = File.ReadAllBytes(path);
            for (int at = 0; at < sound.Length; at += Math.Max(1, sound.Length / 15))
            {
                byte[] changed = [.. sound];
                changed[at] ^= 0x20;
                File.WriteAllBytes(path, changed);
                Assert.Equal(path, Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder)).LogPath);
                File.WriteAllBytes(path, sound[..at]);
                Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder));
            }

            File.WriteAllBytes(path, sound);
        }

        LogSamples.Open(_folder).Dispose();
    }

    [Fact]
    public async Task A_changed_entry_is_not_read_and_a_changed_tile_makes_no_receipt()
    {
        using TransparencyLog log = LogSamples.Open(_folder);
        string bundle = _folder["log/tile/entries/002"];
        byte[] bytes = await File.ReadAllBytesAsync(bundle);
        bytes[5] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);
        Assert.Equal(bundle, (await Assert.ThrowsAsync<LogRefusedException>(() => log.ReadAsync(512, default))).LogPath);
        string tile = _folder["log/tile/0/003"];
        bytes = await File.ReadAllBytesAsync(tile);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(tile, bytes);
        await Assert.ThrowsAsync<LogRefusedException>(() => log.ReceiptAsync(768, default));
    }

    private async Task MakeAsync(params int[] steps)
    {
        await LogSamples.MakeQuicklyAsync(_folder, steps);
        _files = [.. Directory.GetFiles(_folder["log"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }
}
