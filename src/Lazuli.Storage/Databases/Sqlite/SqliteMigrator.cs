using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>Brings a SQLite file to the newest schema, or refuses it untouched.</summary>
internal static class SqliteMigrator
{
    /// <summary>Applies what is missing, all of it or nothing.</summary>
    /// <exception cref="DatabaseRefusedException">The database is newer than this program, or was made by other steps.</exception>
    public static void Migrate(SqliteConnection connection, string path, MigrationSet set, TimeProvider time)
    {
        IReadOnlyList<Migration> steps = set.Steps;

        // A database that is refused, or up to date, is not written at all.
        List<AppliedMigration> applied = ReadApplied(connection);
        set.CheckApplied(path, applied);
        if (applied.Count == steps.Count)
        {
            return;
        }

        // Read again under the lock: another process may have opened the same new file a moment ago.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        applied = ReadApplied(connection);
        set.CheckApplied(path, applied);
        connection.Execute(AppliedMigration.CreateTable, transaction: transaction);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {set.ApplicationId}"), transaction: transaction);
        foreach (Migration step in steps.Skip(applied.Count))
        {
            connection.Execute(step.Sql, transaction: transaction);
            connection.Execute(
                AppliedMigration.Insert,
                new { step.Version, step.Name, step.Checksum, AppliedAt = StoredTime.Format(time.GetUtcNow()) },
                transaction);
        }

        transaction.Commit();
    }

    /// <summary>Refuses another program's database; comes before any setting that is kept in the file.</summary>
    public static void CheckOwner(SqliteConnection connection, string path, MigrationSet set)
    {
        // In this order: another process that makes the same new file writes both in one transaction.
        long tables = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema");
        long id = connection.ExecuteScalar<long>("PRAGMA application_id");
        if (tables > 0 && id != set.ApplicationId)
        {
            throw new DatabaseRefusedException(path, DatabaseRefusal.NotOurs, "it is a SQLite database of another program, or another one of ours. Move it away, or choose another home folder.");
        }
    }

    private static List<AppliedMigration> ReadApplied(SqliteConnection connection) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'") == 0
            ? []
            : connection.Query<AppliedMigration>(AppliedMigration.Select).AsList();
}
