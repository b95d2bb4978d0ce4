using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Lazuli.Storage;

/// <summary>A statement for PostgreSQL, which the driver prepares on the server when it comes again.</summary>
/// <remarks>Its rows are read at once, so that another statement may run while they are looked at, as on SQLite.</remarks>
internal sealed partial class PostgresStatement : PreparedStatement
{
    private readonly PostgresWriteSession _session;
    private readonly string _sql;
    private readonly NpgsqlParameter[] _values;
    private readonly List<object[]> _rows = [];
    private readonly bool _answersRows;
    private int _row = -1;
    private bool _running;

    /// <exception cref="ArgumentException">A name is not in the statement, or the statement has one that was not given.</exception>
    public PostgresStatement(PostgresWriteSession session, string sql, ReadOnlySpan<string> parameters)
    {
        _session = session;
        string[] names = parameters.ToArray();
        var used = new bool[names.Length];
        _sql = ParameterName().Replace(sql, match =>
        {
            int position = Array.IndexOf(names, match.Groups["name"].Value);
            if (position < 0)
            {
                throw new ArgumentException($"The statement's parameter @{match.Groups["name"].Value} was not named: {sql}", nameof(parameters));
            }

            used[position] = true;
            return "$" + (position + 1);
        });
        if (Array.IndexOf(used, value: false) is >= 0 and int missing)
        {
            throw new ArgumentException($"The statement has no parameter @{names[missing]}: {sql}", nameof(parameters));
        }

        _values = new NpgsqlParameter[names.Length];
        _answersRows = sql.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || Returning().IsMatch(sql);
    }

    public override PreparedStatement Bind(int position, long value) => Bind(position, new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint });

    public override PreparedStatement Bind(int position, double value) =>
        double.IsNaN(value) ? BindNull(position) : Bind(position, new NpgsqlParameter<double> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Double }); // SQLite keeps NULL for it

    public override PreparedStatement Bind(int position, string? value) =>
        value is null ? BindNull(position) : Bind(position, new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    public override PreparedStatement Bind(int position, ReadOnlySpan<byte> value) => Bind(position, new NpgsqlParameter<byte[]> { TypedValue = value.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea });

    public override PreparedStatement BindNull(int position) => Bind(position, new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown });

    public override int Execute()
    {
        Finish();
        NpgsqlBatchCommand command = Command();
        _session.Run(command, rows: null);
        return Math.Max(0, command.RecordsAffected);
    }

    public override void Post()
    {
        if (_answersRows)
        {
            throw new InvalidOperationException($"A statement that answers rows cannot be posted: {_sql}");
        }

        Finish();
        _session.Post(Command());
    }

    public override bool Read()
    {
        if (!_running)
        {
            _running = true;
            _row = -1;
            _session.Run(Command(), _rows);
        }

        if (++_row < _rows.Count)
        {
            return true;
        }

        Finish();
        return false;
    }

    public override void Finish()
    {
        _running = false;
        _rows.Clear();
    }

    public override bool IsNull(int column) => _rows[_row][column] is DBNull;

    public override long GetInt64(int column) => _rows[_row][column] switch
    {
        long value => value,
        int value => value,
        short value => value,
        bool value => value ? 1 : 0,
        decimal value => (long)value, // of sum()
        _ => 0, // NULL, as SQLite says it
    };

    public override double GetDouble(int column) => _rows[_row][column] switch
    {
        double value => value,
        long value => value,
        int value => value,
        decimal value => (double)value,
        _ => 0,
    };

    public override string GetString(int column) => (string)_rows[_row][column];

    public override byte[] GetBytes(int column) => (byte[])_rows[_row][column];

    private PostgresStatement Bind(int position, NpgsqlParameter value)
    {
        Finish();
        _values[position] = value;
        return this;
    }

    private NpgsqlBatchCommand Command()
    {
        var command = new NpgsqlBatchCommand(_sql);
        for (int i = 0; i < _values.Length; i++)
        {
            // One that was run before belongs to that command; values stay bound, so it is copied.
            NpgsqlParameter value = _values[i] ?? throw new InvalidOperationException($"Parameter {i} has no value: {_sql}");
            command.Parameters.Add(value.Collection is null ? value : _values[i] = value.Clone());
        }

        return command;
    }

    [GeneratedRegex(@"@(?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\bRETURNING\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Returning();
}
