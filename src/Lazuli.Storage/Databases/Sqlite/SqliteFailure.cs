using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>What SQLite's result codes mean for us.</summary>
internal static class SqliteFailure
{
    public const int IoErrorFsync = 10 | (4 << 8);

    private const int IoErrorDirectoryFsync = 10 | (5 << 8);
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;
    private const int Constraint = 19;

    public static StorageFailedException Of(string path, SqliteException cause) => new(path, Describe(cause), cause)
    {
        Code = cause.SqliteExtendedErrorCode.ToString(CultureInfo.InvariantCulture),
        IsFull = cause.SqliteErrorCode == Full,
        IsConstraint = cause.SqliteErrorCode == Constraint,
        IsTransient = cause.SqliteErrorCode is Busy or Locked,
        NeedsRestart = cause.SqliteExtendedErrorCode is IoErrorFsync or IoErrorDirectoryFsync,
        IsOutcomeUnknown = cause.SqliteExtendedErrorCode is IoErrorFsync or IoErrorDirectoryFsync,
    };

    private static string Describe(SqliteException cause) => cause.SqliteErrorCode switch
    {
        Full => "the disk is full; nothing of this change was kept. Free some space and try again.",
        Busy or Locked => "another process held it too long. Try again.",
        _ => cause.Message,
    };
}
