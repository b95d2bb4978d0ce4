using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Lazuli.Storage;
using Lazuli.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(Lazuli.Platform.Tests.PostgresEnd))]

namespace Lazuli.Platform.Tests;

/// <summary>New, empty databases of every kind, for tests that must hold on all of them.</summary>
/// <example>
/// <code>
/// [Theory]
/// [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
/// public async Task Something_holds(DatabaseKind kind)
/// {
///     await using TestDatabase test = await TestDatabases.OpenAsync(kind);
///     var store = new Store(test.Platform);
/// </code>
/// </example>
public static class TestDatabases
{
    private static readonly ConcurrentBag<string> s_free = [];
    private static int s_count;

    /// <summary>The kinds.</summary>
    public static TheoryData<DatabaseKind> All => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    /// <summary>Opens the platform's and the money database with this program's schemas; skips the test, with the reason, where the kind is not installed.</summary>
    public static async Task<TestDatabase> OpenAsync(DatabaseKind kind, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (kind == DatabaseKind.Sqlite)
        {
            return new TestDatabase(kind, new TemporaryFolder(), "", time);
        }

        string connection = await TakePostgresAsync();
        return new TestDatabase(kind, folder: null, connection, time);
    }

    /// <summary>An empty PostgreSQL database; skips the test where there is no server.</summary>
    public static async Task<string> TakePostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        if (s_free.TryTake(out string? free))
        {
            return free;
        }

        PostgresServer server = await PostgresServer.SharedAsync();
        string name = "test" + Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture);
        await AskPostgresAsync<int>(server.ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return server.ConnectionString(name);
    }

    /// <summary>Empties what <see cref="TakePostgresAsync"/> gave, for the next test: making and dropping a database costs the server a checkpoint.</summary>
    public static async Task ReturnPostgresAsync(string connectionString)
    {
        await AskPostgresAsync<int>(connectionString, """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
            DROP SCHEMA IF EXISTS lazuli_platform, lazuli_money, lazuli_test CASCADE;
            """);
        s_free.Add(connectionString);
    }

    /// <summary>Runs a statement as the server's owner, on a connection of its own.</summary>
    public static async Task<T?> AskPostgresAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<T>(sql);
    }
}
