using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Rows of RFC 4180, fields parted by commas.</summary>
internal sealed class CsvText
{
    private readonly StringBuilder _text = new();
    private bool _inRow;

    /// <summary>A row of names.</summary>
    public CsvText Header(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            Text(name);
        }

        return End();
    }

    /// <summary>A text; one that a spreadsheet would run as a formula gets an apostrophe before it.</summary>
    public CsvText Text(string value) => Raw(value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' ? "'" + value : value);

    /// <summary>A whole number.</summary>
    public CsvText Number(long value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>An amount of nano-units in units of the currency, exact.</summary>
    public CsvText Amount(long nanos) => Raw(((decimal)nanos / Money.NanosPerUnit).ToString("0.00#######", CultureInfo.InvariantCulture));

    /// <summary>A time, UTC to the second.</summary>
    public CsvText Time(DateTimeOffset time) => Raw(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>No value.</summary>
    public CsvText Null() => Raw("");

    /// <summary>Ends the row.</summary>
    public CsvText End()
    {
        _text.Append("\r\n");
        _inRow = false;
        return this;
    }

    public override string ToString() => _text.ToString();

    private CsvText Raw(string value)
    {
        if (_inRow)
        {
            _text.Append(',');
        }

        _inRow = true;
        if (value.AsSpan().ContainsAny(",\"\r\n"))
        {
            _text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            _text.Append(value);
        }

        return this;
    }
}
