using System.Diagnostics;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_in_the_middle_of_writing_nothing_acknowledged_is_lost()
    {
        string path = _folder["lazuli.db"];
        var random = new Random(11);
        int acknowledged = -1;
        for (int round = 0; round < 6; round++)
        {
            using Process child = ChildProgram.Start(Children.WriteForever, path);
            int wanted = acknowledged + 1 + random.Next(1, 40);
            while (acknowledged < wanted && await child.StandardOutput.ReadLineAsync() is { } line)
            {
                acknowledged = int.Parse(line, CultureInfo.InvariantCulture);
            }

            child.Kill(); // SIGKILL, while the next write is under way
            await child.WaitForExitAsync();
            Assert.True(acknowledged >= wanted, await child.StandardError.ReadToEndAsync());

            // Lines that were in the pipe when it died were acknowledged too.
            while (await child.StandardOutput.ReadLineAsync() is { } late)
            {
                acknowledged = int.TryParse(late, CultureInfo.InvariantCulture, out int number) ? number : acknowledged;
            }

            using LazuliDatabase database = LazuliDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
            IReadOnlyList<DataSetVersion> kept = await new ModelRegistry(database).ListDataSetsAsync(default);
            Assert.InRange(kept.Count, acknowledged + 1, acknowledged + 2);
            Assert.Equal(Enumerable.Range(0, kept.Count).Reverse().Select(Samples.DataSet), kept);
        }
    }

    [Fact]
    public async Task Two_processes_write_in_turns()
    {
        string path = _folder["lazuli.db"];
        using LazuliDatabase database = LazuliDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
        var registry = new ModelRegistry(database);
        using Process child = ChildProgram.Start(Children.WriteForever, path);
        Assert.Equal("0", await child.StandardOutput.ReadLineAsync());
        for (int i = 0; i < 30; i++)
        {
            await registry.SaveRunAsync(Samples.Run("r" + i.ToString(CultureInfo.InvariantCulture)), default);
        }

        int before = (await registry.ListDataSetsAsync(default)).Count;
        while (int.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture) <= before)
        {
            // The child goes on, too.
        }

        child.Kill();
        await child.WaitForExitAsync();
        Assert.Equal(30, (await registry.ListRunsAsync(default)).Count);
    }

    [Fact]
    public async Task A_full_disk_is_one_clear_error_and_the_rows_before_it_stay()
    {
        string path = _folder["lazuli.db"];
        using Process child = ChildProgram.Start(Children.WriteUntilFull, path, maxFileBytes: 512 * 1024);
        string[] lines = (await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 3, string.Join('\n', lines) + await child.StandardError.ReadToEndAsync());
        int written = lines.Length - 2;
        Assert.True(written > 10);
        Assert.Contains(path, lines[^2], StringComparison.Ordinal);
        Assert.Equal(written, int.Parse(lines[^1], CultureInfo.InvariantCulture));

        using LazuliDatabase database = LazuliDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.Equal(written, (await new ModelRegistry(database).ListDataSetsAsync(default)).Count);
    }

    [Fact]
    public async Task A_full_disk_leaves_no_blob_and_no_part_of_one()
    {
        using Process child = ChildProgram.Start(Children.WriteBlob, _folder.Path, maxFileBytes: 64 * 1024);
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 3, await child.StandardError.ReadToEndAsync());
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }
}
