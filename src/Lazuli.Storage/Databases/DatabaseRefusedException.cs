namespace Lazuli.Storage;

/// <summary>The database cannot be used; nothing was written to it.</summary>
public sealed class DatabaseRefusedException(string database, DatabaseRefusal reason, string detail, Exception? inner = null)
    : Exception($"The database {database} was not opened: {detail}", inner)
{
    /// <summary>The file, or the server and schema.</summary>
    public string Database { get; } = database;

    /// <summary>Why, for programs.</summary>
    public DatabaseRefusal Reason { get; } = reason;
}

/// <summary>Why a database was refused.</summary>
public enum DatabaseRefusal
{
    /// <summary>Not a SQLite file, or a damaged one.</summary>
    Corrupt,

    /// <summary>Another program's SQLite file.</summary>
    NotOurs,

    /// <summary>Written by a newer version of this program.</summary>
    NewerVersion,

    /// <summary>A schema step differs from the one that was applied.</summary>
    MigrationChanged,

    /// <summary>It cannot be read or written: permissions, a folder in its place, a full disk.</summary>
    Unusable,
}
