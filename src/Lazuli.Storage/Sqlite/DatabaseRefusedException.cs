namespace Lazuli.Storage;

/// <summary>The database file cannot be used; nothing was written to it.</summary>
public sealed class DatabaseRefusedException(string path, DatabaseRefusal reason, string detail, Exception? inner = null)
    : Exception($"The database {path} was not opened: {detail}", inner)
{
    /// <summary>The file.</summary>
    public string DatabasePath { get; } = path;

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
