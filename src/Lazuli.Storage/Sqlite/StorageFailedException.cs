using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>The world failed under the database: a full disk, an I/O error, a lock held too long. What was asked for did not happen.</summary>
public sealed class StorageFailedException : Exception
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;

    internal StorageFailedException(string path, SqliteException cause)
        : base($"The database {path} failed: {Describe(cause)}", cause)
    {
        DatabasePath = path;
        SqliteErrorCode = cause.SqliteExtendedErrorCode;
        IsFull = cause.SqliteErrorCode == Full;
        IsTransient = cause.SqliteErrorCode is Busy or Locked;
    }

    internal StorageFailedException(string path, string detail)
        : base($"The database {path} failed: {detail}") => DatabasePath = path;

    /// <summary>The file.</summary>
    public string DatabasePath { get; }

    /// <summary>SQLite's extended result code; 0 when SQLite was not asked.</summary>
    public int SqliteErrorCode { get; }

    /// <summary>Whether the disk, or a size limit, is full.</summary>
    public bool IsFull { get; }

    /// <summary>Whether the same work may succeed when tried again.</summary>
    public bool IsTransient { get; }

    private static string Describe(SqliteException cause) => cause.SqliteErrorCode switch
    {
        Full => "the disk is full; nothing of this change was kept. Free some space and try again.",
        Busy or Locked => "another process held it too long. Try again.",
        _ => cause.Message,
    };
}
