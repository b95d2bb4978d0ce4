using System.Globalization;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>What every store may rely on, whichever database is behind it.</summary>
public sealed class DatabaseConformanceTests
{
    private const string Insert = "INSERT INTO things (name, amount) VALUES (@name, @amount)";

    private static readonly MigrationSet s_schema = new("test", 0x54455354,
    [
        new(1, "first", "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL CHECK (amount >= 0), size REAL, body BLOB) STRICT;"),
    ]);

    private static readonly MigrationSet s_newer = s_schema with { Steps = [.. s_schema.Steps, new(2, "second", "ALTER TABLE things ADD COLUMN note TEXT NOT NULL DEFAULT ''; CREATE INDEX things_by_note ON things (note);")] };

    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_built_in_schemas_apply_and_open_again(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabases.OpenAsync(kind);
        (LazuliDatabase platform, MoneyDatabase money) = test.OpenAgain();
        Assert.Equal(kind, platform.Kind);
        Assert.Equal(MigrationSet.Platform.Steps.Count, (await platform.QueryAsync<long>("SELECT version FROM schema_migrations", null, default)).Count);
        Assert.Equal(kind, money.Database.Kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rows_come_back_with_their_values(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        long first = await test.Database.WriteAsync(t => t.Scalar<long>(
            "INSERT INTO things (name, amount, size, body) VALUES (@name, @amount, @size, @body) RETURNING id",
            new { name = "Zoë ラピス", amount = long.MaxValue, size = 1e-300, body = new byte[] { 0, 255, 7 } }), default);
        await test.Database.WriteAsync(t => t.Execute("INSERT INTO things (name, amount) VALUES (@name, @amount)", new { name = "", amount = 0 }), default);
        IReadOnlyList<Thing> rows = await test.Database.QueryAsync<Thing>("SELECT id AS Id, name AS Name, amount AS Amount, size AS Size, body AS Body FROM things ORDER BY id", null, default);
        Assert.Equal(2, rows.Count);
        Assert.Equal((first, "Zoë ラピス", long.MaxValue, 1e-300), (rows[0].Id, rows[0].Name, rows[0].Amount, rows[0].Size));
        Assert.Equal([0, 255, 7], rows[0].Body);
        Assert.Equal((first + 1, "", 0L, null, null), (rows[1].Id, rows[1].Name, rows[1].Amount, rows[1].Size, rows[1].Body));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Text_is_ordered_by_its_bytes(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        string[] names = ["a", "B", "é", "Z", "aa", "_", "ラ", "10", "9"];
        await test.Database.WriteAsync(t => names.Sum(name => t.Execute(Insert, new { name, amount = 1 })), default);
        Assert.Equal(["10", "9", "B", "Z", "_", "a", "aa", "é", "ラ"], await test.Database.QueryAsync<string>("SELECT name FROM things ORDER BY name", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_broken_rule_of_the_schema_is_told_apart_and_undone(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        await test.Database.WriteAsync(t => t.Execute(Insert, new { name = "one", amount = 1 }), default);
        foreach ((string name, int amount) in new[] { ("one", 1), ("two", -1) })
        {
            StorageFailedException failed = await Assert.ThrowsAsync<StorageFailedException>(() => test.Database.WriteAsync(
                t => t.Execute(Insert, new { name = "other", amount = 1 }) + t.Execute(Insert, new { name, amount }), default));
            Assert.True(failed.IsConstraint);
            Assert.False(failed.IsTransient || failed.IsOutcomeUnknown || failed.IsFull);
        }

        Assert.Equal(["one"], await test.Database.QueryAsync<string>("SELECT name FROM things", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_error_that_the_work_swallows_never_becomes_a_lost_write(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        await test.Database.WriteAsync(t => t.Execute(Insert, new { name = "one", amount = 1 }), default);
        int kept = 1;
        try
        {
            await test.Database.WriteAsync(
                t =>
                {
                    t.Execute(Insert, new { name = "two", amount = 1 });
                    Assert.ThrowsAny<Exception>(() => t.Execute(Insert, new { name = "one", amount = 1 }));
                    return 0;
                },
                default);
            kept = 2;
        }
        catch (StorageFailedException)
        {
            // PostgreSQL ends the transaction, and says so at the commit; SQLite goes on.
        }

        Assert.Equal([(long)kept], await test.Database.QueryAsync<long>("SELECT count(*) FROM things", null, default));
        Assert.Equal(kind == DatabaseKind.Sqlite ? 2 : 1, kept);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Readers_cannot_write_and_do_not_see_what_is_not_committed(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        await Assert.ThrowsAsync<StorageFailedException>(() => test.Database.QueryAsync<int>("INSERT INTO things (name, amount) VALUES ('x', 1) RETURNING id", null, default));
        using var gate = new ManualResetEventSlim();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> write = test.Database.WriteAsync(
            t =>
            {
                int changed = t.Execute(Insert, new { name = "one", amount = 1 });
                written.SetResult();
                gate.Wait();
                return changed;
            },
            default);
        await written.Task;
        Assert.Equal([0L], await test.Database.QueryAsync<long>("SELECT count(*) FROM things", null, default));
        gate.Set();
        await write;
        Assert.Equal([1L], await test.Database.QueryAsync<long>("SELECT count(*) FROM things", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Writers_of_several_processes_are_never_between_a_read_and_its_write(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        await test.Database.WriteAsync(t => t.Execute(Insert, new { name = "one", amount = 0 }), default);
        LazuliDatabase[] processes = [.. Enumerable.Range(0, 3).Select(_ => test.OpenAgain(s_schema, TimeSpan.FromSeconds(30)))];
        await Task.WhenAll(processes.SelectMany(database => Enumerable.Range(0, 50).Select(_ => database.WriteAsync(
            t =>
            {
                long amount = t.Scalar<long>("SELECT amount FROM things WHERE name = 'one'");
                return t.Execute("UPDATE things SET amount = @next WHERE name = 'one'", new { next = amount + 1 });
            },
            default))));
        Assert.Equal([150L], await test.Database.QueryAsync<long>("SELECT amount FROM things", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Several_programs_may_bring_one_new_database_up_to_date_at_once(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema with { Steps = [] });
        using var together = new Barrier(4);
        LazuliDatabase[] opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return test.OpenAgain(s_newer, TimeSpan.FromSeconds(30));
            },
            TaskCreationOptions.LongRunning)));
        Assert.All(opened, database => Assert.Equal([1L, 2L], database.QueryAsync<long>("SELECT version FROM schema_migrations ORDER BY version", null, default).Result));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Older_and_different_programs_are_refused(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_newer);
        Assert.Equal(DatabaseRefusal.NewerVersion, Assert.Throws<DatabaseRefusedException>(() => test.OpenAgain(s_schema, TimeSpan.FromSeconds(5))).Reason);
        MigrationSet other = s_newer with { Steps = [s_newer.Steps[0], s_newer.Steps[1] with { Sql = "SELECT 1" }] };
        Assert.Equal(DatabaseRefusal.MigrationChanged, Assert.Throws<DatabaseRefusedException>(() => test.OpenAgain(other, TimeSpan.FromSeconds(5))).Reason);
        Assert.Equal([1L, 2L], await test.Database.QueryAsync<long>("SELECT version FROM schema_migrations ORDER BY version", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_step_that_fails_leaves_the_version_before_it(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        MigrationSet bad = s_schema with { Steps = [.. s_schema.Steps, new(2, "bad", "CREATE TABLE half (id INTEGER) STRICT; SELECT nonsense;")] };
        Assert.Equal(DatabaseRefusal.Unusable, Assert.Throws<DatabaseRefusedException>(() => test.OpenAgain(bad, TimeSpan.FromSeconds(5))).Reason);
        await Assert.ThrowsAsync<StorageFailedException>(() => test.Database.QueryAsync<long>("SELECT id FROM half", null, default));
        test.OpenAgain(s_newer, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_not_bound_by_a_name_is_refused_and_a_cancelled_write_does_not_run(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Database.WriteAsync(t => t.Execute(Insert, new { name = "x", amount = 1 }), new CancellationToken(canceled: true)));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Database.WriteAsync(t => t.Prepare(Insert, "name"), default));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Database.WriteAsync(t => t.Prepare(Insert, "name", "amount", "more"), default));
        Assert.Equal([0L], await test.Database.QueryAsync<long>("SELECT count(*) FROM things", null, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_closed_database_says_so(DatabaseKind kind)
    {
        await using TemporaryDatabase test = await TemporaryDatabase.OpenAsync(kind, s_schema);
        Task<int>[] queued = [.. Enumerable.Range(0, 20).Select(i => test.Database.WriteAsync(t => t.Execute(Insert, new { name = i.ToString(CultureInfo.InvariantCulture), amount = 1 }), default))];
        test.Database.Dispose();
        Assert.All(await Task.WhenAll(queued), changed => Assert.Equal(1, changed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Database.WriteAsync(t => 0, default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Database.QueryAsync<int>("SELECT 1", null, default));
    }

    private sealed class Thing
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public long Amount { get; init; }

        public double? Size { get; init; }

        public byte[]? Body { get; init; }
    }
}
