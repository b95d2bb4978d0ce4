namespace Lazuli.Storage;

/// <summary>The databases that can be behind <see cref="LazuliDatabase"/>.</summary>
public enum DatabaseKind
{
    /// <summary>A file of ours.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    Postgres,
}
