using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>One database with a schema of the test's own; thrown away afterwards.</summary>
internal sealed class TemporaryDatabase : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DatabaseKind _kind;
    private readonly List<LazuliDatabase> _opened = [];

    private TemporaryDatabase(DatabaseKind kind, string connectionString)
    {
        _kind = kind;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public LazuliDatabase Database => _opened[0];

    public static async Task<TemporaryDatabase> OpenAsync(DatabaseKind kind, MigrationSet schema)
    {
        var made = new TemporaryDatabase(kind, kind == DatabaseKind.Postgres ? await TestDatabases.TakePostgresAsync() : "");
        made.OpenAgain(schema, TimeSpan.FromSeconds(30));
        return made;
    }

    /// <summary>As another process would.</summary>
    public LazuliDatabase OpenAgain(MigrationSet schema, TimeSpan patience)
    {
        LazuliDatabase database = _kind == DatabaseKind.Postgres
            ? PostgresDatabase.Open(ConnectionString, patience, TimeProvider.System, schema)
            : SqliteDatabase.Open(_folder["one.db"], patience, TimeProvider.System, schema);
        lock (_opened)
        {
            _opened.Add(database);
        }

        return database;
    }

    public async ValueTask DisposeAsync()
    {
        _opened.ForEach(database => database.Dispose());
        _folder.Dispose();
        if (ConnectionString.Length > 0)
        {
            await TestDatabases.ReturnPostgresAsync(ConnectionString);
        }
    }
}
