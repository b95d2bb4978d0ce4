using System.Globalization;
using Dapper;
using Npgsql;

namespace Lazuli.Storage;

/// <summary>Brings a PostgreSQL schema to the newest version, or refuses it untouched.</summary>
internal static class PostgresMigrator
{
    /// <summary>Applies what is missing, all of it or nothing. Several processes may do it at once.</summary>
    /// <exception cref="DatabaseRefusedException">The schema is another program's, newer than this program, or was made by other steps.</exception>
    public static void Migrate(NpgsqlConnection connection, string name, string schema, MigrationSet set, TimeProvider time)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();

        // Of our own among advisory locks: "LAZU" or "LAZM". Not the lock of writers: its table may not be there yet.
        connection.Execute("SELECT pg_advisory_xact_lock(@id)", new { id = set.ApplicationId }, transaction);
        bool hasSchema = connection.ExecuteScalar<long>("SELECT count(*) FROM pg_namespace WHERE nspname = @schema", new { schema }, transaction) > 0;
        bool hasSteps = hasSchema && HasTable(connection, schema, "schema_migrations", transaction);
        if (hasSchema && !hasSteps && HasTable(connection, schema, "%", transaction))
        {
            throw new DatabaseRefusedException(name, DatabaseRefusal.NotOurs, $"the schema {schema} is another program's. Choose another database.");
        }

        List<AppliedMigration> applied = hasSteps ? connection.Query<AppliedMigration>(AppliedMigration.Select, transaction: transaction).AsList() : [];
        set.CheckApplied(name, applied);
        if (hasSteps && applied.Count == set.Steps.Count)
        {
            return;
        }

        if (!hasSchema)
        {
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"CREATE SCHEMA \"{schema}\""), transaction: transaction);
        }

        connection.Execute(PostgresSql.Translate(AppliedMigration.CreateTable), transaction: transaction);
        foreach (Migration step in set.Steps.Skip(applied.Count))
        {
            connection.Execute(PostgresSql.Translate(step.Sql), transaction: transaction);
            connection.Execute(
                AppliedMigration.Insert,
                new { Version = (long)step.Version, step.Name, step.Checksum, AppliedAt = StoredTime.Format(time.GetUtcNow()) },
                transaction);
        }

        transaction.Commit();
    }

    private static bool HasTable(NpgsqlConnection connection, string schema, string pattern, NpgsqlTransaction transaction) =>
        connection.ExecuteScalar<long>("SELECT count(*) FROM pg_tables WHERE schemaname = @schema AND tablename LIKE @pattern", new { schema, pattern }, transaction) > 0;
}
