using System.Globalization;
using System.Text;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Writes many rows of one kind with few statements: sixteen at a time, then one by one.</summary>
/// <remarks>A statement to a PostgreSQL server is a round trip, so its price is shared; in SQLite it saves some of the calls.</remarks>
internal sealed class RowWriter
{
    private const int Rows = 16;

    private readonly int _columns;
    private readonly string _one;
    private readonly string _many;
    private readonly string[] _oneNames;
    private readonly string[] _manyNames;

    /// <param name="before">The statement up to the first row.</param>
    /// <param name="columns">Values a row.</param>
    /// <param name="after">The statement after the last row.</param>
    /// <param name="parentheses">Whether a row stands in parentheses, as after <c>VALUES</c>; not so in an <c>IN</c> list.</param>
    public RowWriter(string before, int columns, string after = "", bool parentheses = true)
    {
        _columns = columns;
        (_one, _oneNames) = Build(before, columns, after, parentheses, 1);
        (_many, _manyNames) = Build(before, columns, after, parentheses, Rows);
    }

    /// <summary>Binds a value of a row.</summary>
    public delegate void Binder<in TRow>(PreparedStatement statement, int position, TRow row);

    /// <summary>Runs the statement over all rows.</summary>
    public void Post<TRow>(DatabaseTransaction transaction, List<TRow> rows, Binder<TRow> bind)
    {
        for (int i = 0; i < rows.Count;)
        {
            Next(transaction, rows, bind, ref i).Post();
        }
    }

    /// <summary>Runs the query over all rows and reads what it finds.</summary>
    public void Query<TRow>(DatabaseTransaction transaction, List<TRow> rows, Binder<TRow> bind, Action<PreparedStatement> read)
    {
        for (int i = 0; i < rows.Count;)
        {
            PreparedStatement statement = Next(transaction, rows, bind, ref i);
            while (statement.Read())
            {
                read(statement);
            }
        }
    }

    private PreparedStatement Next<TRow>(DatabaseTransaction transaction, List<TRow> rows, Binder<TRow> bind, ref int i)
    {
        bool many = rows.Count - i >= Rows;
        PreparedStatement statement = many ? transaction.Prepare(_many, _manyNames) : transaction.Prepare(_one, _oneNames);
        int bound = 0;
        for (int end = i + (many ? Rows : 1); i < end; i++)
        {
            bind(statement, bound, rows[i]);
            bound += _columns;
        }

        return statement;
    }

    private static (string Sql, string[] Names) Build(string before, int columns, string after, bool parentheses, int rows)
    {
        var sql = new StringBuilder(before);
        string[] names = new string[rows * columns];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = string.Create(CultureInfo.InvariantCulture, $"p{i}");
            sql.Append(i == 0 ? "" : ", ").Append(parentheses && i % columns == 0 ? "(" : "").Append('@').Append(names[i]).Append(parentheses && (i + 1) % columns == 0 ? ")" : "");
        }

        return (sql.Append(after).ToString(), names);
    }
}
