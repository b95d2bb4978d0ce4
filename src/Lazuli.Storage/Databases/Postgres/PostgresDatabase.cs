using System.Globalization;
using Dapper;
using Npgsql;

namespace Lazuli.Storage;

/// <summary>One schema of a PostgreSQL database, which several processes may share.</summary>
internal sealed class PostgresDatabase : LazuliDatabase
{
    /// <summary>More than one program of ours uses; each text is prepared once a connection.</summary>
    private const int MostPreparedStatements = 500;

    /// <summary>How long a process that stands still in the middle of a write may hold up the others, before the server undoes its transaction.</summary>
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly NpgsqlDataSource _readers;

    private PostgresDatabase(string name, WriteSession session, NpgsqlDataSource readers)
        : base(name, DatabaseKind.Postgres, session) => _readers = readers;

    /// <summary>Opens a schema, making it when missing, checks it, and brings it up to date.</summary>
    /// <param name="connectionString">Npgsql's; may hold a password, so it is in no message.</param>
    /// <param name="busyTimeout">How long to wait for other processes' writes.</param>
    /// <param name="time">Dates the schema steps.</param>
    /// <param name="steps">The schema.</param>
    /// <exception cref="DatabaseRefusedException">The server cannot be reached or does not keep what it acknowledges, or the schema is another program's or of a newer version.</exception>
    public static PostgresDatabase Open(string connectionString, TimeSpan busyTimeout, TimeProvider time, MigrationSet steps)
    {
        string schema = "lazuli_" + steps.Name;
        NpgsqlConnectionStringBuilder settings = Parse(connectionString);
        string name = string.Create(CultureInfo.InvariantCulture, $"{settings.Database} on {settings.Host}:{settings.Port} (PostgreSQL, schema {schema})");
        settings.SearchPath = schema;
        settings.ApplicationName ??= "lazuli";
        settings.IncludeErrorDetail = false; // rows' values have no place in messages
        settings.MaxAutoPrepare = MostPreparedStatements;
        settings.AutoPrepareMinUsages = 2;
        settings.TcpKeepAlive = true;
        NpgsqlDataSource writer = Source(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }, busyTimeout, readOnly: false);
        NpgsqlDataSource? readers = null;
        try
        {
            using (NpgsqlConnection connection = writer.OpenConnection())
            {
                CheckServer(connection, name);
                PostgresMigrator.Migrate(connection, name, schema, steps, time);
            }

            readers = Source(settings, busyTimeout, readOnly: true);
            return new PostgresDatabase(name, new PostgresWriteSession(name, writer), readers);
        }
        catch (Exception e)
        {
            writer.Dispose();
            readers?.Dispose();
            if (PostgresFailure.Of(name, e, committing: false) is { } failed)
            {
                throw new DatabaseRefusedException(name, DatabaseRefusal.Unusable, failed.InnerException?.Message ?? failed.Message, e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        try
        {
            NpgsqlConnection connection = await _readers.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();
            }
        }
        catch (Exception e) when (PostgresFailure.Of(Name, e, committing: false) is not null)
        {
            throw PostgresFailure.Of(Name, e, committing: false)!;
        }
    }

    private protected override void CloseReaders() => _readers.Dispose();

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder? settings = null;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Its message may repeat a part of the password.
        }

        return settings is { Host.Length: > 0, Database.Length: > 0 }
            ? settings
            : throw new DatabaseRefusedException("of Storage:Postgres", DatabaseRefusal.Unusable, "the setting is no connection string with a host and a database. It looks like \"Host=…;Database=…;Username=…;Password=…\".");
    }

    // The writer finds rows by their keys. Its statements are planned once, while tables are small and not analysed, and a scan that was right then reads all of a table that grew.
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, TimeSpan busyTimeout, bool readOnly)
    {
        string prepare = string.Create(CultureInfo.InvariantCulture, $"""
            SET lock_timeout = {Math.Max(1, (long)busyTimeout.TotalMilliseconds)};
            SET idle_in_transaction_session_timeout = {(long)s_longestPause.TotalMilliseconds};
            SET default_transaction_isolation = 'read committed';
            SET default_transaction_read_only = {(readOnly ? "on" : "off")};
            SET enable_seqscan = {(readOnly ? "on" : "off")};
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
            """);
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using NpgsqlCommand command = connection.CreateCommand();
                command.CommandText = prepare;
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                NpgsqlCommand command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    command.CommandText = prepare;
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                }
            });
        return builder.Build();
    }

    /// <summary>Refuses a server that would lose what it acknowledged, or change text.</summary>
    private static void CheckServer(NpgsqlConnection connection, string name)
    {
        (string Setting, string Wanted, string Why)[] wanted =
        [
            ("fsync", "on", "a power cut would lose payments that were acknowledged"),
            ("full_page_writes", "on", "a power cut would damage what was written"),
            ("server_encoding", "UTF8", "names in other scripts could not be kept"),
        ];
        foreach ((string setting, string value, string why) in wanted)
        {
            string found = connection.ExecuteScalar<string>("SELECT current_setting(@setting)", new { setting }) ?? "";
            if (!string.Equals(found, value, StringComparison.OrdinalIgnoreCase))
            {
                throw new DatabaseRefusedException(name, DatabaseRefusal.Unusable, $"the server's {setting} is {found}, and must be {value}: otherwise {why}.");
            }
        }
    }
}
