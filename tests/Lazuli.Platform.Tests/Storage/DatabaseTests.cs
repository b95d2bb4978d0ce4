using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Data.Sqlite;

namespace Lazuli.Platform.Tests;

public sealed class DatabaseTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly Migration s_first = new(1, "first", "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;");
    private static readonly Migration s_second = new(2, "second", "ALTER TABLE things ADD COLUMN size INTEGER; CREATE INDEX things_by_size ON things (size);");

    private readonly TemporaryFolder _folder = new();

    private string DatabasePath => _folder["deep/lazuli.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_there_after_reopening()
    {
        using (LazuliDatabase database = Open(s_first))
        {
            await InsertAsync(database, "one");
        }

        using LazuliDatabase again = Open(s_first);
        Assert.Equal(["one"], await TextsAsync(again));
    }

    [Fact]
    public async Task A_newer_program_adds_its_steps_and_keeps_the_rows()
    {
        using (LazuliDatabase database = Open(s_first))
        {
            await InsertAsync(database, "one");
        }

        using LazuliDatabase newer = Open(s_first, s_second);
        Assert.Equal(["one"], await TextsAsync(newer));
        Assert.Equal([1L, 2L], await newer.QueryAsync<long>("SELECT version FROM schema_migrations ORDER BY version", null, default));
    }

    [Fact]
    public void The_built_in_steps_apply_to_an_empty_file_and_to_their_own_result()
    {
        for (int round = 0; round < 2; round++)
        {
            using LazuliDatabase database = LazuliDatabase.Open(DatabasePath, s_patience, TimeProvider.System);
            Assert.Equal(Enumerable.Range(1, MigrationSet.Platform.Steps.Count), MigrationSet.Platform.Steps.Select(step => step.Version));
        }
    }

    [Theory]
    [InlineData("migrations.txt")]
    [InlineData("migrations-money.txt")]
    public void A_built_in_step_never_changes_once_it_is_here(string golden)
    {
        MigrationSet set = golden == "migrations.txt" ? MigrationSet.Platform : MigrationSet.Money;
        Assert.Equal(Enumerable.Range(1, set.Steps.Count), set.Steps.Select(step => step.Version));
        Golden.Matches(string.Join('\n', set.Steps.Select(step => $"{step.Version:0000} {step.Name} {step.Checksum}")), golden);
    }

    [Fact]
    public void An_older_program_refuses_and_changes_nothing()
    {
        Open(s_first, s_second).Dispose();
        byte[] before = File.ReadAllBytes(DatabasePath);
        DatabaseRefusedException refused = Assert.Throws<DatabaseRefusedException>(() => Open(s_first));
        Assert.Equal(DatabaseRefusal.NewerVersion, refused.Reason);
        Assert.Equal(DatabasePath, refused.Database);
        Assert.Contains(DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public void A_changed_step_is_refused_by_number()
    {
        Open(s_first, s_second).Dispose();
        DatabaseRefusedException refused = Assert.Throws<DatabaseRefusedException>(() => Open(s_first, s_second with { Sql = s_second.Sql + " " }));
        Assert.Equal(DatabaseRefusal.MigrationChanged, refused.Reason);
        Assert.Contains("step 2 (second)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_do_not_change_a_step()
    {
        Open(s_first with { Sql = s_first.Sql + "\r\n" }).Dispose();
        Open(s_first with { Sql = s_first.Sql + "\n" }).Dispose();
    }

    [Fact]
    public async Task A_failing_step_leaves_the_version_before_it()
    {
        Open(s_first).Dispose();
        Assert.Throws<DatabaseRefusedException>(() => Open(s_first, new Migration(2, "bad", "CREATE TABLE half (id INTEGER) STRICT; SELECT nonsense;")));
        using LazuliDatabase database = Open(s_first);
        Assert.Equal(0, (await database.QueryAsync<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", null, default))[0]);
    }

    [Fact]
    public void Another_programs_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        using (var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (id INTEGER)";
            command.ExecuteNonQuery();
        }

        Assert.Equal(DatabaseRefusal.NotOurs, Assert.Throws<DatabaseRefusedException>(() => Open(s_first)).Reason);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        File.WriteAllText(DatabasePath, new string('x', 10_000));
        Assert.Equal(DatabaseRefusal.Corrupt, Assert.Throws<DatabaseRefusedException>(() => Open(s_first)).Reason);
    }

    [Fact]
    public void A_folder_in_the_files_place_is_refused()
    {
        Directory.CreateDirectory(DatabasePath);
        Assert.Equal(DatabaseRefusal.Unusable, Assert.Throws<DatabaseRefusedException>(() => Open(s_first)).Reason);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_or_opens_whole_and_never_fails_otherwise()
    {
        using (LazuliDatabase database = Open(s_first))
        {
            for (int i = 0; i < 200; i++)
            {
                await InsertAsync(database, new string('x', 200));
            }
        }

        byte[] sound = await File.ReadAllBytesAsync(DatabasePath);
        int refusals = 0;
        foreach (byte[] damaged in Damage(sound))
        {
            await File.WriteAllBytesAsync(DatabasePath, damaged);
            File.Delete(DatabasePath + "-wal");
            File.Delete(DatabasePath + "-shm");
            try
            {
                using LazuliDatabase database = Open(s_first);
                await TextsAsync(database);
            }
            catch (DatabaseRefusedException e)
            {
                Assert.Contains(DatabasePath, e.Message, StringComparison.Ordinal);
                refusals++;
            }
        }

        Assert.True(refusals > 20, $"only {refusals} of the damaged files were refused");
    }

    [Fact]
    public async Task An_exception_inside_a_write_undoes_it_and_the_next_write_works()
    {
        using LazuliDatabase database = Open(s_first);
        await Assert.ThrowsAsync<InvalidDataException>(() => database.WriteAsync<int>(
            transaction =>
            {
                transaction.Execute("INSERT INTO things (text) VALUES ('lost')");
                throw new InvalidDataException();
            },
            default));
        await InsertAsync(database, "kept");
        Assert.Equal(["kept"], await TextsAsync(database));
    }

    [Fact]
    public async Task Writers_from_many_threads_take_turns()
    {
        using LazuliDatabase database = Open(s_first);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (_, _) => await database.WriteAsync(
            transaction => transaction.Execute("INSERT INTO things (text) SELECT count(*) FROM things"), default));
        Assert.Equal(Enumerable.Range(0, 200), (await TextsAsync(database)).Select(int.Parse));
    }

    [Fact]
    public async Task Several_programs_may_open_the_same_new_file_at_once()
    {
        for (int round = 0; round < 5; round++)
        {
            string path = _folder[$"race-{round}/lazuli.db"];
            using var together = new Barrier(4);
            LazuliDatabase[] opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return (LazuliDatabase)SqliteDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System, Set(s_first, s_second));
                },
                TaskCreationOptions.LongRunning)));
            await Task.WhenAll(opened.SelectMany(database => Enumerable.Range(0, 10).Select(_ => InsertAsync(database, "x"))));
            Assert.All(opened, database => Assert.Equal(40, database.QueryAsync<string>("SELECT text FROM things", null, default).Result.Count));
            Array.ForEach(opened, database => database.Dispose());
        }
    }

    [Fact]
    public async Task Readers_cannot_write()
    {
        using LazuliDatabase database = Open(s_first);
        await Assert.ThrowsAsync<StorageFailedException>(() => database.QueryAsync<int>("INSERT INTO things (text) VALUES ('x') RETURNING id", null, default));
    }

    [Fact]
    public async Task A_cancelled_write_does_not_run()
    {
        using LazuliDatabase database = Open(s_first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.WriteAsync(t => t.Execute("INSERT INTO things (text) VALUES ('x')"), new CancellationToken(canceled: true)));
        Assert.Empty(await TextsAsync(database));
    }

    [Fact]
    public async Task A_full_database_says_so_keeps_nothing_of_the_change_and_works_on()
    {
        using LazuliDatabase database = Open(s_first);
        await InsertAsync(database, "before");
        await database.WriteAsync(t => t.Scalar<long>("PRAGMA max_page_count = 10"), default);
        StorageFailedException full = await Assert.ThrowsAsync<StorageFailedException>(() => InsertAsync(database, new string('x', 100_000)));
        Assert.True(full.IsFull);
        Assert.False(database.NeedsRestart);
        await database.WriteAsync(t => t.Scalar<long>("PRAGMA max_page_count = 100000"), default);
        await InsertAsync(database, "after");
        Assert.Equal(["before", "after"], await TextsAsync(database));
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        LazuliDatabase database = Open(s_first);
        database.Dispose();
        database.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync(database, "x"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => TextsAsync(database));
    }

    private LazuliDatabase Open(params Migration[] steps) => SqliteDatabase.Open(DatabasePath, s_patience, TimeProvider.System, Set(steps));

    private static MigrationSet Set(params Migration[] steps) => new("test", 0x54455354, steps);

    private static Task<int> InsertAsync(LazuliDatabase database, string text) =>
        database.WriteAsync(transaction => transaction.Execute("INSERT INTO things (text) VALUES (@text)", new { text }), default);

    private static Task<IReadOnlyList<string>> TextsAsync(LazuliDatabase database) => database.QueryAsync<string>("SELECT text FROM things ORDER BY id", null, default);

    private static IEnumerable<byte[]> Damage(byte[] sound)
    {
        for (int length = 1; length < sound.Length; length += Math.Max(1, sound.Length / 40))
        {
            yield return sound[..length];
        }

        var random = new Random(7);
        for (int i = 0; i < 60; i++)
        {
            byte[] flipped = [.. sound];
            flipped[i < 30 ? random.Next(100) : random.Next(sound.Length)] ^= (byte)(1 << random.Next(8));
            yield return flipped;
        }
    }
}
