namespace Lazuli.Storage;

/// <summary>The world failed under the database: a full disk, an I/O error, a lock held too long, a lost server. What was asked for did not happen, unless <see cref="IsOutcomeUnknown"/>.</summary>
public sealed class StorageFailedException : Exception
{
    internal StorageFailedException(string database, string detail, Exception? cause = null)
        : base($"The database {database} failed: {detail}", cause) => Database = database;

    /// <summary>The file, or the server and schema.</summary>
    public string Database { get; }

    /// <summary>The database's own code: SQLite's extended result code in decimal, or PostgreSQL's SQLSTATE; empty when it was not asked.</summary>
    public string Code { get; internal init; } = "";

    /// <summary>Whether the disk, or a size limit, is full.</summary>
    public bool IsFull { get; internal init; }

    /// <summary>Whether the change contradicts the schema: a key that is there already, a missing reference, a failed check.</summary>
    public bool IsConstraint { get; internal init; }

    /// <summary>Whether the same work may succeed when tried again.</summary>
    public bool IsTransient { get; internal init; }

    /// <summary>Whether the change may have been kept after all: the answer to the commit never came. Look before trying again.</summary>
    public bool IsOutcomeUnknown { get; internal init; }

    /// <summary>Whether no more is written until the process starts again: a sync failed, and nobody knows what the disk holds.</summary>
    public bool NeedsRestart { get; internal init; }
}
