using System.Globalization;
using System.Text;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class GroupCommitTests : IDisposable
{
    private const string Insert = "INSERT INTO things (id, text) VALUES (@id, @text)";

    private static readonly MigrationSet s_schema = new("test", 0x54455354,
        [new(1, "first", "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, text TEXT, size REAL, body BLOB) STRICT;")]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Writes_that_wait_together_share_a_commit_and_a_failing_one_is_undone_alone()
    {
        var commits = new CountingSession();
        using LazuliDatabase database = Open(commits);
        using var gate = new ManualResetEventSlim();
        Task first = await HoldWriterAsync(database, gate);
        Task<int>[] rest = [.. Enumerable.Range(0, 100).Select(i => database.WriteAsync(
            t =>
            {
                int changed = t.Execute(Insert, new { id = i, text = "x" });
                return i % 3 == 1 ? throw new InvalidDataException(i.ToString(CultureInfo.InvariantCulture)) : changed;
            },
            default))];
        gate.Set();
        await first;
        for (int i = 0; i < rest.Length; i++)
        {
            if (i % 3 == 1)
            {
                Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await Assert.ThrowsAsync<InvalidDataException>(() => rest[i])).Message);
            }
            else
            {
                Assert.Equal(1, await rest[i]);
            }
        }

        Assert.Equal(2, commits.Commits);
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 3 != 1).Select(i => (long)i), await database.QueryAsync<long>("SELECT id FROM things ORDER BY id", null, default));
    }

    [Fact]
    public async Task A_later_piece_of_a_commit_sees_the_earlier_ones()
    {
        using LazuliDatabase database = Open(new CountingSession());
        using var gate = new ManualResetEventSlim();
        Task first = await HoldWriterAsync(database, gate);
        Task<long>[] rest = [.. Enumerable.Range(0, 50).Select(i => database.WriteAsync(
            t =>
            {
                t.Execute(Insert, new { id = i, text = "x" });
                return t.Scalar<long>("SELECT count(*) FROM things");
            },
            default))];
        gate.Set();
        await first;
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), await Task.WhenAll(rest));
    }

    [Fact]
    public async Task A_failed_commit_fails_every_write_of_it_and_the_next_works()
    {
        var session = new CountingSession();
        using LazuliDatabase database = Open(session);
        using var gate = new ManualResetEventSlim();
        Task first = await HoldWriterAsync(database, gate);
        Task<int>[] rest = [.. Enumerable.Range(0, 10).Select(i => database.WriteAsync(t => t.Execute(Insert, new { id = i, text = "x" }), default))];
        session.FailCommit(2, extendedCode: 10 | (3 << 8));
        gate.Set();
        await first;
        foreach (Task<int> task in rest)
        {
            Assert.Equal("778", (await Assert.ThrowsAsync<StorageFailedException>(() => task)).Code);
        }

        Assert.False(database.NeedsRestart);
        await database.WriteAsync(t => t.Execute(Insert, new { id = 99, text = "x" }), default);
        Assert.Equal([99L], await database.QueryAsync<long>("SELECT id FROM things", null, default));
    }

    [Theory]
    [InlineData(10 | (4 << 8))]
    [InlineData(10 | (5 << 8))]
    public async Task After_a_failed_sync_nothing_more_is_written_until_the_program_starts_again(int code)
    {
        var session = new CountingSession();
        using LazuliDatabase database = Open(session);
        session.FailCommit(1, code);
        StorageFailedException failed = await Assert.ThrowsAsync<StorageFailedException>(() => database.WriteAsync(t => t.Execute(Insert, new { id = 1, text = "x" }), default));
        Assert.True(failed.IsOutcomeUnknown);
        Assert.True(database.NeedsRestart);
        StorageFailedException refused = await Assert.ThrowsAsync<StorageFailedException>(() => database.WriteAsync(t => t.Execute(Insert, new { id = 2, text = "x" }), default));
        Assert.False(refused.IsOutcomeUnknown);
        Assert.True(refused.NeedsRestart);
        Assert.Empty(await database.QueryAsync<long>("SELECT id FROM things", null, default));
    }

    [Fact]
    public async Task When_one_piece_undoes_the_whole_transaction_its_neighbours_are_told()
    {
        using LazuliDatabase database = Open(new CountingSession());
        using var gate = new ManualResetEventSlim();
        Task first = await HoldWriterAsync(database, gate);
        Task<int> before = database.WriteAsync(t => t.Execute(Insert, new { id = 1, text = "x" }), default);
        Task<int> culprit = database.WriteAsync(t => t.Execute("INSERT OR ROLLBACK INTO things (id, text) VALUES (1, 'y')"), default);
        Task<int> after = database.WriteAsync(t => t.Execute(Insert, new { id = 2, text = "x" }), default);
        gate.Set();
        await first;
        await Assert.ThrowsAsync<StorageFailedException>(() => culprit);
        Assert.True((await Assert.ThrowsAsync<StorageFailedException>(() => before)).IsTransient);
        Assert.True((await Assert.ThrowsAsync<StorageFailedException>(() => after)).IsTransient);
        Assert.Empty(await database.QueryAsync<long>("SELECT id FROM things", null, default));
        Assert.Equal(1, await database.WriteAsync(t => t.Execute(Insert, new { id = 3, text = "x" }), default));
    }

    [Fact]
    public async Task A_transaction_kept_after_its_work_is_refused()
    {
        using LazuliDatabase database = Open(new CountingSession());
        DatabaseTransaction? kept = null;
        await database.WriteAsync(t => { kept = t; return 0; }, default);
        Assert.Throws<InvalidOperationException>(() => kept!.Execute("DELETE FROM things"));
    }

    /// <summary>Ends when the writer is at work, alone, on a piece that ends when the gate opens: what is written meanwhile waits together.</summary>
    internal static async Task<Task> HoldWriterAsync(LazuliDatabase database, ManualResetEventSlim gate)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> piece = database.WriteAsync(
            _ =>
            {
                held.SetResult();
                gate.Wait();
                return 0;
            },
            default);
        await held.Task;
        return piece;
    }

    private SqliteDatabase Open(CountingSession between) =>
        SqliteDatabase.Open(_folder["lazuli.db"], TimeSpan.FromSeconds(5), TimeProvider.System, s_schema, between.Around);
}
