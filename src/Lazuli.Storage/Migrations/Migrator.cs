using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>Brings a database to the newest schema, or refuses it untouched.</summary>
internal static class Migrator
{
    /// <summary>"LAZU": SQLite keeps it in the file's header, and other programs' databases hold another number.</summary>
    public const long ApplicationId = 0x4C415A55;

    private const string CreateTable = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version    INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            checksum   TEXT    NOT NULL,
            applied_at TEXT    NOT NULL
        ) STRICT
        """;

    /// <summary>Applies what is missing, all of it or nothing.</summary>
    /// <exception cref="DatabaseRefusedException">The database is newer than this program, or was made by other steps.</exception>
    public static void Migrate(SqliteConnection connection, string path, IReadOnlyList<Migration> steps, TimeProvider time)
    {
        // A database that is refused, or up to date, is not written at all.
        List<AppliedMigration> applied = ReadApplied(connection);
        CheckApplied(path, steps, applied);
        if (applied.Count == steps.Count)
        {
            return;
        }

        // Read again under the lock: another process may have opened the same new file a moment ago.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        applied = ReadApplied(connection);
        CheckApplied(path, steps, applied);
        connection.Execute(CreateTable, transaction: transaction);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction: transaction);
        foreach (Migration step in steps.Skip(applied.Count))
        {
            connection.Execute(step.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @AppliedAt)",
                new { step.Version, step.Name, step.Checksum, AppliedAt = StoredTime.Format(time.GetUtcNow()) },
                transaction);
        }

        transaction.Commit();
    }

    /// <summary>Refuses another program's database; comes before any setting that is kept in the file.</summary>
    public static void CheckOwner(SqliteConnection connection, string path)
    {
        long id = connection.ExecuteScalar<long>("PRAGMA application_id");
        long tables = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema");
        if (tables > 0 && id != ApplicationId)
        {
            throw new DatabaseRefusedException(path, DatabaseRefusal.NotOurs, "it is a SQLite database of another program. Move it away, or choose another home folder.");
        }
    }

    private static List<AppliedMigration> ReadApplied(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'") == 0
            ? []
            : connection.Query<AppliedMigration>("SELECT version AS Version, name AS Name, checksum AS Checksum FROM schema_migrations ORDER BY version").AsList();

    private static void CheckApplied(string path, IReadOnlyList<Migration> steps, List<AppliedMigration> applied)
    {
        for (int i = 0; i < applied.Count; i++)
        {
            AppliedMigration found = applied[i];
            if (i >= steps.Count)
            {
                throw new DatabaseRefusedException(path, DatabaseRefusal.NewerVersion, string.Create(CultureInfo.InvariantCulture,
                    $"its schema has version {applied[^1].Version}, and this program knows {steps.Count}. Use the newer program that wrote it."));
            }

            Migration wanted = steps[i];
            if (found.Version != wanted.Version || found.Checksum != wanted.Checksum)
            {
                throw new DatabaseRefusedException(path, DatabaseRefusal.MigrationChanged, string.Create(CultureInfo.InvariantCulture,
                    $"its schema step {found.Version} ({found.Name}) has checksum {found.Checksum[..Math.Min(12, found.Checksum.Length)]}, and this program's step {wanted.Version} ({wanted.Name}) has {wanted.Checksum[..12]}. It was written by another build."));
            }
        }
    }

    private sealed class AppliedMigration
    {
        public long Version { get; init; }

        public string Name { get; init; } = "";

        public string Checksum { get; init; } = "";
    }
}
