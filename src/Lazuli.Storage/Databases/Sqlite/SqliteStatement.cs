using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Lazuli.Storage;

/// <summary>A compiled statement of SQLite, used without ADO.NET between: no boxes, no command, no reader.</summary>
internal sealed class SqliteStatement : PreparedStatement, IDisposable
{
    private const int MostStackBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _positions;
    private bool _running;

    /// <exception cref="ArgumentException">A name is not in the statement, or the statement has one that was not given.</exception>
    public SqliteStatement(sqlite3 database, string sql, ReadOnlySpan<string> parameters)
    {
        _database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), database);
        _positions = new int[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            _positions[i] = raw.sqlite3_bind_parameter_index(_statement, "@" + parameters[i]);
        }

        if (Array.IndexOf(_positions, 0) is >= 0 and int missing)
        {
            _statement.Dispose();
            throw new ArgumentException($"The statement has no parameter @{parameters[missing]}: {sql}", nameof(parameters));
        }

        int wanted = raw.sqlite3_bind_parameter_count(_statement);
        if (wanted != parameters.Length)
        {
            _statement.Dispose();
            throw new ArgumentException($"The statement has {wanted} parameters and {parameters.Length} were named: {sql}", nameof(parameters));
        }
    }

    public override PreparedStatement Bind(int position, long value) => Check(raw.sqlite3_bind_int64(Idle(), _positions[position], value));

    public override PreparedStatement Bind(int position, double value) => Check(raw.sqlite3_bind_double(Idle(), _positions[position], value));

    public override PreparedStatement Bind(int position, string? value)
    {
        if (value is null)
        {
            return BindNull(position);
        }

        if (value.Length == 0)
        {
            // An empty span has no address, which SQLite would take for NULL.
            return Check(raw.sqlite3_bind_text(Idle(), _positions[position], ""));
        }

        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> utf8 = most <= MostStackBytes ? stackalloc byte[MostStackBytes] : new byte[most];
        return Check(raw.sqlite3_bind_text(Idle(), _positions[position], utf8[..Encoding.UTF8.GetBytes(value, utf8)]));
    }

    public override PreparedStatement Bind(int position, ReadOnlySpan<byte> value) =>
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(Idle(), _positions[position], 0) : raw.sqlite3_bind_blob(Idle(), _positions[position], value));

    public override PreparedStatement BindNull(int position) => Check(raw.sqlite3_bind_null(Idle(), _positions[position]));

    public override int Execute()
    {
        Finish();
        while (Read())
        {
            // Rows of RETURNING that nobody asked for.
        }

        return raw.sqlite3_changes(_database);
    }

    public override void Post()
    {
        if (raw.sqlite3_column_count(_statement) > 0)
        {
            throw new InvalidOperationException($"A statement that answers rows cannot be posted: {raw.sqlite3_sql(_statement).utf8_to_string()}");
        }

        Execute();
    }

    public override bool Read()
    {
        _running = true;
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code == raw.SQLITE_DONE)
        {
            Finish();
            return false;
        }

        // Made before the reset, which clears the message; and the reset says the same code again.
        try
        {
            SqliteException.ThrowExceptionForRC(code, _database);
            return false;
        }
        finally
        {
            Finish();
        }
    }

    public override void Finish()
    {
        if (_running)
        {
            _running = false;
            _ = raw.sqlite3_reset(_statement);
        }
    }

    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public override long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public override double GetDouble(int column) => raw.sqlite3_column_double(_statement, column);

    public override string GetString(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public override byte[] GetBytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private sqlite3_stmt Idle()
    {
        Finish();
        return _statement;
    }

    private SqliteStatement Check(int code)
    {
        SqliteException.ThrowExceptionForRC(code, _database);
        return this;
    }
}
