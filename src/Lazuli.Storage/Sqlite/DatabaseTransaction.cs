using Dapper;
using Microsoft.Data.Sqlite;

namespace Lazuli.Storage;

/// <summary>An open write transaction, valid only inside the work it was given to.</summary>
public sealed class DatabaseTransaction
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    internal DatabaseTransaction(SqliteConnection connection, SqliteTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>Runs a statement; answers the number of rows it changed.</summary>
    public int Execute(string sql, object? parameters = null) => _connection.Execute(sql, parameters, _transaction);

    /// <summary>The first column of the first row, or the default.</summary>
    public T? Scalar<T>(string sql, object? parameters = null) => _connection.ExecuteScalar<T>(sql, parameters, _transaction);

    /// <summary>All rows.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object? parameters = null) => _connection.Query<T>(sql, parameters, _transaction).AsList();
}
