using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;

namespace Lazuli.Compute;

/// <summary>Reads a table of compute estimates: our own columns, or those of Epoch's file of notable models (either generation of its headings).</summary>
/// <remarks>
/// Needed are a name (<c>system</c>, <c>System</c>, <c>Model</c>), a date (<c>date</c>, <c>Publication date</c>) and compute (<c>flop</c>,
/// <c>Training compute (FLOP)</c>); <c>confidence</c>, <c>method</c>, <c>scope</c> and <c>note</c> are read where they are. A value that does not
/// parse refuses the whole table with its line: a table that is half understood would give a fit that looks whole.
/// </remarks>
internal sealed class EstimateTable
{
    /// <summary>The largest table that is read.</summary>
    public const int MostBytes = 64 * 1024 * 1024;
    private const int LargestRecord = 1 << 20;
    private const int LongestName = 120;
    private const double MostFlop = 1e40; // a million times what the whole trend reaches by 2050
    private const int SignificantDigits = 6; // takes the jitter off values such as 2.0000000001e+23

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] s_systemHeadings = ["system", "model"];
    private static readonly string[] s_dateHeadings = ["date", "publication date"];
    private static readonly string[] s_flopHeadings = ["flop", "training compute (flop)"];

    private readonly string _table;
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ComputeEstimate> _estimates = [];
    private readonly HashSet<(string System, DateOnly Day, double Flop)> _seen = [];
    private int _rows;
    private int _withoutCompute;
    private int _withoutDate;
    private int _repeated;

    private EstimateTable(string table) => _table = table;

    /// <summary>The estimates of a table, what was left out, and whether the headings are those of Epoch.</summary>
    /// <exception cref="TrendDataException">The bytes are not such a table.</exception>
    public static (IReadOnlyList<ComputeEstimate> Estimates, TableReading Reading, bool IsEpochs) Read(string table, byte[] bytes)
    {
        var reader = new EstimateTable(table);
        reader.ReadAll(bytes);
        IReadOnlyList<ComputeEstimate> estimates = Ordered(reader._estimates);
        int sharedNames = estimates.GroupBy(e => e.System, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Sum(g => g.Count());
        int coarse = estimates.Count(e => e.Date.Precision != DatePrecision.Day);
        return (estimates, new TableReading(reader._rows, reader._withoutCompute, reader._withoutDate, reader._repeated, sharedNames, coarse), reader._columns.ContainsKey(s_flopHeadings[^1]));
    }

    /// <summary><c>sha256:</c> and the hash.</summary>
    public static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>By date, and within a day by compute, so that what counts as a record does not depend on the order of a file's lines.</summary>
    public static IReadOnlyList<ComputeEstimate> Ordered(IEnumerable<ComputeEstimate> estimates) =>
        [.. estimates.OrderBy(e => e.Date.Day).ThenBy(e => e.Flop).ThenBy(e => e.System, StringComparer.Ordinal)];

    private void ReadAll(byte[] bytes)
    {
        var options = new CsvReaderOptions
        {
            Separator = ',',
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MaxRecordSize = LargestRecord,
            TrackLineNumbers = true,
        };
        try
        {
            s_strict.GetCharCount(bytes); // the reader would put a replacement mark in place of what is not UTF-8
            using CsvReader csv = CsvReader.Create(bytes, options);
            csv.ReadHeader();
            if (csv.Headers is not { Count: > 0 })
            {
                throw new TrendDataException(_table, "line 1", "a row of headings", "an empty file");
            }

            ReadHeadings(csv.Headers);
            while (csv.Read())
            {
                ReadRow(csv, $"line {csv.LineNumber}");
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new TrendDataException(_table, $"byte {e.Index}", "UTF-8 text", "bytes that are not", e);
        }
        catch (CsvFormatException e)
        {
            throw new TrendDataException(_table, $"line {e.LineNumber}", $"{_columns.Count} fields of CSV (RFC 4180), quotes closed", Shown(e.Message), e);
        }
    }

    private void ReadHeadings(IReadOnlyList<string> headings)
    {
        for (int i = 0; i < headings.Count; i++)
        {
            _columns.TryAdd(headings[i].Trim(), i);
        }

        foreach (string[] wanted in new[] { s_systemHeadings, s_dateHeadings, s_flopHeadings })
        {
            if (!wanted.Any(_columns.ContainsKey))
            {
                throw new TrendDataException(_table, "line 1", $"a column '{string.Join("' or '", wanted)}'", Shown(string.Join(',', headings)));
            }
        }
    }

    private void ReadRow(CsvReader record, string place)
    {
        _rows++;
        string flopText = Field(record, s_flopHeadings);
        if (flopText.Length == 0)
        {
            _withoutCompute++;
            return;
        }

        string dateText = Field(record, s_dateHeadings);
        if (dateText.Length == 0)
        {
            _withoutDate++;
            return;
        }

        string system = OneLine(Field(record, s_systemHeadings));
        if (system.Length == 0)
        {
            throw new TrendDataException(_table, place, "the system's name", "an empty field");
        }

        double flop = ParseFlop(flopText, place);
        EstimateDate date = ParseDate(dateText, place);
        if (!_seen.Add((system, date.Day, flop)))
        {
            _repeated++;
            return;
        }

        _estimates.Add(new ComputeEstimate
        {
            System = system,
            Date = date,
            Flop = flop,
            Method = ParseMethod(Field(record, ["method"]), place),
            Scope = ParseScope(Field(record, ["scope"]), place),
            Confidence = ParseConfidence(Field(record, ["confidence"]), place),
            Note = OneLine(Field(record, ["note"])),
        });
    }

    private string Field(CsvReader record, string[] headings)
    {
        foreach (string heading in headings)
        {
            if (_columns.TryGetValue(heading, out int column))
            {
                return record.GetString(column).Trim();
            }
        }

        return string.Empty;
    }

    private double ParseFlop(string text, string place)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double flop) || !(flop > 0 && flop <= MostFlop))
        {
            throw new TrendDataException(_table, place, $"operations as a positive number of at most {MostFlop:0e+0}", Shown(text));
        }

        return double.Parse(flop.ToString("e" + (SignificantDigits - 1), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private EstimateDate ParseDate(string text, string place) =>
        EstimateDate.TryParse(text, out EstimateDate date) && date.Day.Year is >= 1900 and <= 2100
            ? date
            : throw new TrendDataException(_table, place, "a date from 1900 to 2100 as yyyy-MM-dd, yyyy-MM or yyyy", Shown(text));

    private EstimateMethod ParseMethod(string text, string place) => text switch
    {
        "" or "unknown" => EstimateMethod.Unknown,
        "1" => EstimateMethod.Count,
        "2" => EstimateMethod.Time,
        "reported" => EstimateMethod.Reported,
        "digitised" => EstimateMethod.Digitised,
        _ => throw new TrendDataException(_table, place, "a method 1, 2, reported, digitised or unknown", Shown(text)),
    };

    private ComputeScope ParseScope(string text, string place) => text switch
    {
        "" or "unknown" => ComputeScope.Unknown,
        "direct" => ComputeScope.Direct,
        "including-generation" => ComputeScope.IncludingGeneration,
        _ => throw new TrendDataException(_table, place, "a scope direct, including-generation or unknown", Shown(text)),
    };

    private EstimateConfidence ParseConfidence(string text, string place) => text.ToUpperInvariant() switch
    {
        "" or "UNKNOWN" => EstimateConfidence.Unknown,
        "CONFIDENT" => EstimateConfidence.Confident,
        "LIKELY" => EstimateConfidence.Likely,
        "SPECULATIVE" => EstimateConfidence.Speculative,
        _ => throw new TrendDataException(_table, place, "a confidence Confident, Likely, Speculative or Unknown", Shown(text)),
    };

    // Names come with line ends and, in hostile tables, with terminal escapes: neither reaches a screen or a picture.
    private static string OneLine(string text)
    {
        string joined = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return joined.Length <= LongestName ? joined : joined[..LongestName] + "…";
    }

    private static string Shown(string text)
    {
        string line = OneLine(text);
        return line.Length > 60 ? $"'{line[..60]}…'" : $"'{line}'";
    }
}
