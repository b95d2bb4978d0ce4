using Dapper;

namespace Lazuli.Storage;

/// <summary>An open write transaction, valid only inside the work it was given to.</summary>
public sealed class DatabaseTransaction
{
    private readonly WriteSession _session;
    private bool _ended;

    internal DatabaseTransaction(WriteSession session) => _session = session;

    /// <summary>Runs a statement; answers the number of rows it changed.</summary>
    public int Execute(string sql, object? parameters = null) => Session().Connection.Execute(sql, parameters);

    /// <summary>The first column of the first row, or the default.</summary>
    public T? Scalar<T>(string sql, object? parameters = null) => Session().Connection.ExecuteScalar<T>(sql, parameters);

    /// <summary>All rows.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object? parameters = null) => Session().Connection.Query<T>(sql, parameters).AsList();

    /// <summary>The statement, compiled the first time and kept as long as the database is open.</summary>
    /// <param name="sql">A constant: a text put together from values would be kept for each of them.</param>
    /// <param name="parameters">Names without the <c>@</c>, in the order in which values are bound.</param>
    /// <exception cref="ArgumentException">A name is not in the statement.</exception>
    public PreparedStatement Prepare(string sql, params ReadOnlySpan<string> parameters) => Session().Prepare(sql, parameters);

    internal void End() => _ended = true;

    private WriteSession Session() => !_ended
        ? _session
        : throw new InvalidOperationException("The transaction has ended: it may be used only inside the work that it was given to, and only before that returns.");
}
