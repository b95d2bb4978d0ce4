using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lazuli.Proofs;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class LogCrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, int> Growths => new() { { 0, 1 }, { 3, 5 }, { 250, 6 }, { 250, 300 }, { 256, 1 }, { 65_530, 10 } };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Growths))]
    public async Task Ended_after_any_write_the_log_opens_with_a_tree_that_was_signed_and_goes_on(int before, int added)
    {
        if (before > 0)
        {
            await LogSamples.MakeQuicklyAsync(_folder, before);
        }

        bool large = before > 1000;

        using var sound = new TemporaryFolder();
        Copy(_folder.Path, sound.Path);
        bool failed = true;
        for (int writes = 0; failed; writes++)
        {
            foreach (bool happens in large ? new[] { true } : [false, true])
            {
                using var crashed = new TemporaryFolder();
                Copy(sound.Path, crashed.Path);
                var files = new FailingLogFiles(crashed["log"]);
                long signed = before;
                using (TransparencyLog log = TransparencyLog.Open(files, crashed["keys"], LogSamples.Name))
                {
                    (files.WritesLeft, files.Happens) = (writes, happens);
                    failed = await Record.ExceptionAsync(() => LogSamples.AppendAsync(log, before, added)) is not null;
                    signed = failed ? before : before + added;
                }

                using TransparencyLog again = LogSamples.Open(crashed);
                Assert.True(again.Size == signed || (failed && again.Size == before + added), $"{again.Size} leaves after {writes} writes");
                Assert.Equal(LogSamples.Root(again.Size), LogSamples.CheckpointOf(again).Root);
                await LogSamples.AppendAsync(again, again.Size, 2);
                Assert.Equal(LogSamples.Root(again.Size), LogSamples.CheckpointOf(again).Root);
                if (!large || !failed)
                {
                    Assert.Empty(await again.VerifyAsync(default));
                }
            }
        }
    }

    [Fact]
    public async Task A_full_disk_fails_the_append_and_the_log_goes_on_when_there_is_room()
    {
        var files = new FailingLogFiles(_folder["log"]);
        using TransparencyLog log = TransparencyLog.Open(files, _folder["keys"], LogSamples.Name);
        await LogSamples.AppendAsync(log, 0, 300);
        files.WritesLeft = 1;
        LogFailedException full = await Assert.ThrowsAsync<LogFailedException>(() => LogSamples.AppendAsync(log, 300, 300));
        Assert.False(full.NeedsRestart || log.NeedsRestart);
        Assert.Equal(300, log.Size);
        Assert.Equal(300, await LogSamples.AppendAsync(log, 300, 400));
        Assert.Equal(LogSamples.Root(700), LogSamples.CheckpointOf(log).Root);
        Assert.Empty(await log.VerifyAsync(default));
    }

    [Fact]
    public async Task When_a_checkpoint_may_or_may_not_be_kept_nothing_more_is_signed_until_the_log_is_opened_again()
    {
        var files = new FailingLogFiles(_folder["log"]);
        using (TransparencyLog log = TransparencyLog.Open(files, _folder["keys"], LogSamples.Name))
        {
            await LogSamples.AppendAsync(log, 0, 3);
            (files.WritesLeft, files.Happens) = (2, true); // bundle, tile, checkpoint beside the key
            Assert.True((await Assert.ThrowsAsync<LogFailedException>(() => LogSamples.AppendAsync(log, 3, 1))).NeedsRestart);
            Assert.True(log.NeedsRestart);
            Assert.Equal(3, log.Size);
            await Assert.ThrowsAsync<LogFailedException>(() => LogSamples.AppendAsync(log, 3, 2));
            await LogSamples.CheckAsync(log, [0, 1, 2]);
        }

        using TransparencyLog again = LogSamples.Open(_folder);
        Assert.Equal(4, again.Size);
        Assert.Contains("\n4\n", File.ReadAllText(_folder["log/checkpoint"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_appending_nothing_acknowledged_is_lost_and_every_tree_begins_with_the_one_before()
    {
        var random = new Random(5);
        long acknowledged = 0;
        Checkpoint? earlier = null;
        for (int round = 0; round < 6; round++)
        {
            using Process child = ChildProgram.Start(Children.AppendForever, _folder.Path);
            long wanted = acknowledged + random.Next(1, 600);
            while (acknowledged < wanted && await child.StandardOutput.ReadLineAsync() is { } line)
            {
                acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
            }

            child.Kill(); // SIGKILL, while the next append is under way
            await child.WaitForExitAsync();
            Assert.True(acknowledged >= wanted, await child.StandardError.ReadToEndAsync());
            while (await child.StandardOutput.ReadLineAsync() is { } late)
            {
                acknowledged = long.TryParse(late, CultureInfo.InvariantCulture, out long size) ? size : acknowledged;
            }

            using TransparencyLog log = LogSamples.Open(_folder);
            Assert.InRange(log.Size, acknowledged, acknowledged + Children.LargestAppend);
            Checkpoint now = LogSamples.CheckpointOf(log);
            Assert.Equal(LogSamples.Root(log.Size), now.Root);
            Assert.Empty(await log.VerifyAsync(default));
            if (earlier is not null)
            {
                MerkleHash[] proof = await new TileTree(new LogFiles(_folder["log"]), now.Size).ProveConsistencyAsync(earlier.Size, default);
                Assert.True(MerkleProof.VerifyConsistency(earlier.Size, earlier.Root, now.Size, now.Root, proof).IsValid);
            }

            earlier = now;
            acknowledged = log.Size;
        }
    }

    [Fact]
    public async Task A_log_put_back_to_an_earlier_day_is_not_signed_a_second_time()
    {
        await LogSamples.MakeAsync(_folder, 300);
        using var old = new TemporaryFolder();
        Copy(_folder.Path, old.Path);
        await LogSamples.MakeAsync(_folder, 10);

        // The public files go back, what is beside the key stays.
        Directory.Delete(_folder["log"], recursive: true);
        Copy(old["log"], _folder["log"]);
        Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder));
    }

    [Theory]
    [InlineData("keys/log.key")]
    [InlineData("keys/log.checkpoint")]
    public async Task A_log_without_its_private_files_is_refused(string lost)
    {
        await LogSamples.MakeAsync(_folder, 300);
        File.Delete(_folder[lost]);
        Assert.Equal(_folder[lost], Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder)).LogPath);
        File.Delete(_folder["log/checkpoint"]);
        File.Delete(_folder["keys/log.checkpoint"]);
        Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder));
        Assert.True(File.Exists(_folder["log/tile/0/000"]));
    }

    [Fact]
    public async Task A_private_copy_from_an_earlier_day_gives_way_to_the_public_checkpoint()
    {
        await LogSamples.MakeAsync(_folder, 300);
        byte[] old = File.ReadAllBytes(_folder["keys/log.checkpoint"]);
        await LogSamples.MakeAsync(_folder, 10);
        byte[] newer = File.ReadAllBytes(_folder["keys/log.checkpoint"]);
        File.WriteAllBytes(_folder["keys/log.checkpoint"], old);
        using TransparencyLog log = LogSamples.Open(_folder);
        Assert.Equal(310, log.Size);
        Assert.Equal(newer, File.ReadAllBytes(_folder["keys/log.checkpoint"]));
    }

    [Fact]
    public void Another_name_and_a_key_that_others_can_read_are_refused()
    {
        LogSamples.Open(_folder).Dispose();
        Assert.Contains("keeps its name", Assert.Throws<LogRefusedException>(() => TransparencyLog.Open(_folder["log"], _folder["keys"], "other")).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            string key = File.ReadAllText(_folder["keys/log.key"]).Trim();
            File.SetUnixFileMode(_folder["keys/log.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains("chmod 600", Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder)).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(_folder["keys/log.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
            for (int length = 0; length < key.Length; length++)
            {
                File.WriteAllText(_folder["keys/log.key"], key[..length]);
                LogRefusedException refused = Assert.Throws<LogRefusedException>(() => LogSamples.Open(_folder));
                Assert.DoesNotContain(key[^20..], refused.ToString(), StringComparison.Ordinal);
            }
        }
    }

    internal static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
