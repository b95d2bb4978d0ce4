namespace Lazuli.Storage;

/// <summary>What a database says of a step that was applied to it.</summary>
internal sealed class AppliedMigration
{
    /// <summary>All of them, in order.</summary>
    public const string Select = "SELECT version AS Version, name AS Name, checksum AS Checksum FROM schema_migrations ORDER BY version";

    public const string Insert = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, @Checksum, @AppliedAt)";

    /// <summary>The table of them, as SQLite writes it.</summary>
    public const string CreateTable = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version    INTEGER NOT NULL PRIMARY KEY,
            name       TEXT    NOT NULL,
            checksum   TEXT    NOT NULL,
            applied_at TEXT    NOT NULL
        ) STRICT
        """;

    public long Version { get; init; }

    public string Name { get; init; } = "";

    public string Checksum { get; init; } = "";
}
