namespace Lazuli.Storage;

/// <summary>The database that holds money and nothing else: ledger, prices, holds, meter events, invoices. Owns it.</summary>
/// <remarks>Apart from the platform's, so that admission never waits for a training run's notes, and so that it can be kept and audited by itself.</remarks>
public sealed class MoneyDatabase(LazuliDatabase database) : IDisposable
{
    /// <summary>The database.</summary>
    public LazuliDatabase Database { get; } = database;

    /// <summary>Opens the SQLite file, making it and its folder when missing, checks it, and brings its schema up to date.</summary>
    /// <inheritdoc cref="LazuliDatabase.Open"/>
    public static MoneyDatabase Open(string path, TimeSpan busyTimeout, TimeProvider time) => new(SqliteDatabase.Open(path, busyTimeout, time, MigrationSet.Money));

    /// <inheritdoc cref="LazuliDatabase.WriteAsync"/>
    public Task<T> WriteAsync<T>(Func<DatabaseTransaction, T> work, CancellationToken cancellationToken) => Database.WriteAsync(work, cancellationToken);

    /// <inheritdoc cref="LazuliDatabase.QueryAsync"/>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) => Database.QueryAsync<T>(sql, parameters, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();
}
