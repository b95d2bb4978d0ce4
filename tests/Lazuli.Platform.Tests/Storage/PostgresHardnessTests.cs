using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>A server that is lost, slow, wrongly set up or another program's.</summary>
public sealed class PostgresHardnessTests : IAsyncLifetime
{
    private const string Insert = "INSERT INTO things (id) VALUES (@id)";
    private const string EndOurs = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private static readonly MigrationSet s_schema = new("test", 0x54455354, [new(1, "first", "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY) STRICT;")]);

    private TemporaryDatabase? _opened;

    private TemporaryDatabase Test => _opened!;

    public async ValueTask InitializeAsync() => _opened = await TemporaryDatabase.OpenAsync(DatabaseKind.Postgres, s_schema);

    public ValueTask DisposeAsync() => _opened?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task The_writer_finds_rows_by_their_keys_even_where_its_statement_was_planned_over_an_empty_table()
    {
        string plan = string.Join('\n', await Test.Database.WriteAsync(t => t.Query<string>($"EXPLAIN SELECT id FROM things WHERE id IN ({string.Join(", ", Enumerable.Range(1, 1_000))})"), default));
        Assert.Contains("Index", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal); // right for no rows, but kept when there are a million
    }

    [Fact]
    public async Task Lost_in_the_middle_of_a_transaction_nothing_of_it_is_kept_and_the_next_write_works()
    {
        StorageFailedException lost = await Assert.ThrowsAsync<StorageFailedException>(() => Test.Database.WriteAsync(
            t =>
            {
                t.Execute(Insert, new { id = 1 });
                EndConnections();
                return t.Execute(Insert, new { id = 2 });
            },
            default));
        Assert.True(lost.IsTransient);
        Assert.False(lost.IsOutcomeUnknown || Test.Database.NeedsRestart);
        await Test.Database.WriteAsync(t => t.Execute(Insert, new { id = 3 }), default);
        Assert.Equal([3L], await IdsAsync());
    }

    [Fact]
    public async Task Lost_before_the_commit_was_answered_the_outcome_is_said_to_be_unknown()
    {
        StorageFailedException lost = await Assert.ThrowsAsync<StorageFailedException>(() => Test.Database.WriteAsync(
            t =>
            {
                int changed = t.Execute(Insert, new { id = 1 });
                EndConnections();
                return changed;
            },
            default));
        Assert.True(lost.IsOutcomeUnknown);
        await Test.Database.WriteAsync(t => t.Execute(Insert, new { id = 3 }), default);
        Assert.Equal([3L], await IdsAsync());
    }

    [Fact]
    public async Task Lost_while_idle_nobody_notices()
    {
        await Test.Database.WriteAsync(t => t.Execute(Insert, new { id = 1 }), default);
        EndConnections();
        Assert.Equal(1, await Test.Database.WriteAsync(t => t.Execute(Insert, new { id = 2 }), default));
    }

    [Fact]
    public async Task When_one_of_several_waiting_writes_meets_the_loss_all_are_told_and_none_is_half_there()
    {
        using var gate = new ManualResetEventSlim();
        Task first = await GroupCommitTests.HoldWriterAsync(Test.Database, gate);
        Task<int>[] rest = [.. Enumerable.Range(0, 10).Select(i => Test.Database.WriteAsync(
            t =>
            {
                int changed = t.Execute(Insert, new { id = i });
                if (i == 5)
                {
                    EndConnections();
                }

                return changed;
            },
            default))];
        gate.Set();
        await first;
        foreach (Task<int> task in rest)
        {
            Assert.True((await Assert.ThrowsAsync<StorageFailedException>(() => task)).IsTransient);
        }

        await Test.Database.WriteAsync(t => t.Execute(Insert, new { id = 99 }), default);
        Assert.Equal([99L], await IdsAsync());
    }

    [Fact]
    public async Task Another_processs_long_write_is_waited_for_only_so_long()
    {
        using LazuliDatabase impatient = Test.OpenAgain(s_schema, TimeSpan.FromMilliseconds(200));
        using var gate = new ManualResetEventSlim();
        Task held = await GroupCommitTests.HoldWriterAsync(Test.Database, gate);
        StorageFailedException busy = await Assert.ThrowsAsync<StorageFailedException>(() => impatient.WriteAsync(t => t.Execute(Insert, new { id = 1 }), default));
        Assert.True(busy.IsTransient);
        Assert.False(busy.IsOutcomeUnknown);
        gate.Set();
        await held;
        Assert.Equal(1, await impatient.WriteAsync(t => t.Execute(Insert, new { id = 1 }), default));
    }

    [Fact]
    public void A_server_that_is_not_there_is_refused_without_the_password()
    {
        const string Secret = "correct-horse";
        foreach (string setting in new[]
        {
            $"Host=127.0.0.1;Port=1;Username=lazuli;Password={Secret};Database=lazuli;Timeout=2",
            $"Host=127.0.0.1;Port=1;Username=lazuli;{Secret};Database=lazuli",
            $"Host=127.0.0.1;Port=x{Secret};Database=lazuli",
            $"Password={Secret}",
        })
        {
            DatabaseRefusedException refused = Assert.Throws<DatabaseRefusedException>(() => PostgresDatabase.Open(setting, TimeSpan.FromSeconds(1), TimeProvider.System, s_schema));
            Assert.Equal(DatabaseRefusal.Unusable, refused.Reason);
            Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_programs_schema_is_refused_and_left_alone()
    {
        await TestDatabases.AskPostgresAsync<int>(Test.ConnectionString, "DROP SCHEMA lazuli_test CASCADE; CREATE SCHEMA lazuli_test; CREATE TABLE lazuli_test.theirs (id INT)");
        Assert.Equal(DatabaseRefusal.NotOurs, Assert.Throws<DatabaseRefusedException>(() => Test.OpenAgain(s_schema, TimeSpan.FromSeconds(1))).Reason);
        Assert.Equal(1, await TestDatabases.AskPostgresAsync<long>(Test.ConnectionString, "SELECT count(*) FROM pg_tables WHERE schemaname = 'lazuli_test'"));
    }

    private void EndConnections() => TestDatabases.AskPostgresAsync<long>(Test.ConnectionString, EndOurs).GetAwaiter().GetResult();

    private Task<IReadOnlyList<long>> IdsAsync() => Test.Database.QueryAsync<long>("SELECT id FROM things ORDER BY id", null, default);
}
