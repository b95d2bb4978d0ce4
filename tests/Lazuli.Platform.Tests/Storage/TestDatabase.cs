using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>The platform's and the money database of one test; thrown away afterwards.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly TimeProvider _time;
    private readonly List<IDisposable> _opened = [];

    internal TestDatabase(DatabaseKind kind, TemporaryFolder? folder, string connectionString, TimeProvider time)
    {
        Kind = kind;
        _folder = folder;
        ConnectionString = connectionString;
        _time = time;
        (Platform, Money) = OpenAgain();
    }

    /// <summary>Which kind.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>Of PostgreSQL; empty for SQLite.</summary>
    public string ConnectionString { get; }

    /// <summary>Everything but money.</summary>
    public LazuliDatabase Platform { get; }

    /// <summary>Money only.</summary>
    public MoneyDatabase Money { get; }

    /// <summary>Opens the same databases once more, as another process, or this one after a restart, would.</summary>
    public (LazuliDatabase Platform, MoneyDatabase Money) OpenAgain()
    {
        TimeSpan patience = TimeSpan.FromSeconds(30);
        LazuliDatabase platform = _folder is null
            ? PostgresDatabase.Open(ConnectionString, patience, _time, MigrationSet.Platform)
            : SqliteDatabase.Open(_folder["lazuli.db"], patience, _time, MigrationSet.Platform);
        _opened.Add(platform);
        var money = new MoneyDatabase(_folder is null
            ? PostgresDatabase.Open(ConnectionString, patience, _time, MigrationSet.Money)
            : SqliteDatabase.Open(_folder["money.db"], patience, _time, MigrationSet.Money));
        _opened.Add(money);
        return (platform, money);
    }

    public async ValueTask DisposeAsync()
    {
        _opened.ForEach(database => database.Dispose());
        _folder?.Dispose();
        if (_folder is null)
        {
            await TestDatabases.ReturnPostgresAsync(ConnectionString);
        }
    }
}
