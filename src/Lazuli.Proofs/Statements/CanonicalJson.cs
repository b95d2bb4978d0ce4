using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lazuli.Proofs;

/// <summary>The one spelling of a JSON value: RFC 8785 (JCS). No spaces, members sorted by UTF-16 code units, numbers as ECMAScript writes them, only the escapes that must be.</summary>
/// <remarks>
/// Stricter than the RFC in one thing: a number written as an integer that a double cannot keep (9007199254740993) is refused, since otherwise two
/// documents that say different things would have the same bytes. Write such a number as a string.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The place of what goes wrong, until <see cref="Format(JsonElement)"/> puts in the whole path.</summary>
    private const string Here = "$";

    /// <summary>The canonical bytes of a document.</summary>
    /// <exception cref="StatementFormatException">Not JSON, over 16 MiB or 64 levels deep, a member twice, text that is no Unicode, or a number that a double cannot keep.</exception>
    public static byte[] Format(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = StrictJson.Parse(json);
        return Format(document.RootElement);
    }

    /// <summary>The canonical bytes of a value.</summary>
    /// <exception cref="StatementFormatException">A member twice, text that is no Unicode, a number that a double cannot keep, or more than 64 levels.</exception>
    public static byte[] Format(JsonElement value)
    {
        List<string> path = ["$"];
        try
        {
            ArrayBufferWriter<byte> output = new();
            Write(value, output, path);
            return output.WrittenSpan.ToArray();
        }
        catch (StatementFormatException e)
        {
            throw new StatementFormatException(string.Concat(path), e.Expected, e.Found, e); // put together only here: names may be long, and many values lie below them
        }
    }

    /// <summary>A number as ECMAScript's Number::toString writes it.</summary>
    /// <exception cref="ArgumentException">Infinity or not a number, which JSON does not have.</exception>
    public static string FormatNumber(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentException($"JSON has no {number}.", nameof(number));
        }

        if (number == 0)
        {
            return "0"; // negative zero too
        }

        (string sign, string digits, int point) = Shortest(number);
        string text = point switch
        {
            > 21 or < -5 => Exponential(digits, point - 1),
            <= 0 => "0." + new string('0', -point) + digits,
            _ when point >= digits.Length => digits + new string('0', point - digits.Length),
            _ => $"{digits[..point]}.{digits[point..]}",
        };
        return sign + text;
    }

    /// <summary>The fewest digits that read back as the number; it is 0.digits · 10^point.</summary>
    private static (string Sign, string Digits, int Point) Shortest(double number)
    {
        string shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture); // fewest digits, then closest, as ECMAScript asks
        int exponent = 0;
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        if (mark >= 0)
        {
            exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            shortest = shortest[..mark];
        }

        int dot = shortest.IndexOf('.', StringComparison.Ordinal);
        int point = (dot < 0 ? shortest.Length : dot) + exponent;
        string digits = shortest.Replace(".", "", StringComparison.Ordinal);
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (number < 0 ? "-" : "", digits[zeros..].TrimEnd('0'), point - zeros);
    }

    private static string Exponential(string digits, int exponent)
    {
        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output, List<string> path)
    {
        if (path.Count > StrictJson.Deepest + 1)
        {
            throw new StatementFormatException(Here, $"at most {StrictJson.Deepest} levels", "more");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output, path);
                break;
            case JsonValueKind.Array:
                WriteArray(value, output, path);
                break;
            case JsonValueKind.String:
                WriteText(StrictJson.Text(value, Here), output);
                break;
            case JsonValueKind.Number:
                output.Write(Encoding.ASCII.GetBytes(Number(value)));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            default:
                throw new ArgumentException("The element has no value.", nameof(value));
        }
    }

    private static void WriteArray(JsonElement value, ArrayBufferWriter<byte> output, List<string> path)
    {
        output.Write("["u8);
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            output.Write(index == 0 ? [] : ","u8);
            path.Add($"[{index++}]");
            Write(item, output, path);
            path.RemoveAt(path.Count - 1);
        }

        output.Write("]"u8);
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output, List<string> path)
    {
        KeyValuePair<string, JsonElement>[] members = [.. StrictJson.Members(value, Here)];
        Array.Sort(members, (a, b) => string.CompareOrdinal(a.Key, b.Key)); // by UTF-16 code units, not by code points or UTF-8
        output.Write("{"u8);
        for (int i = 0; i < members.Length; i++)
        {
            output.Write(i == 0 ? [] : ","u8);
            WriteText(members[i].Key, output);
            output.Write(":"u8);
            path.Add($".{NoteFormatException.Quote(members[i].Key)}");
            Write(members[i].Value, output, path);
            path.RemoveAt(path.Count - 1);
        }

        output.Write("}"u8);
    }

    private static string Number(JsonElement value)
    {
        string literal = value.GetRawText();
        double number = value.GetDouble();
        if (!double.IsFinite(number))
        {
            throw new StatementFormatException(Here, "a number of at most 1.7976931348623157e308", NoteFormatException.Quote(literal));
        }

        string digits = literal.TrimStart('-');
        if (number != 0 && digits.All(char.IsAsciiDigit) && Shortest(number) is (_, string kept, int point) && (kept != digits.TrimEnd('0') || point != digits.Length))
        {
            throw new StatementFormatException(Here, "an integer that a double keeps, or a string", NoteFormatException.Quote(literal));
        }

        return FormatNumber(number);
    }

    private static void WriteText(string text, ArrayBufferWriter<byte> output)
    {
        StringBuilder escaped = new(text.Length + 2);
        escaped.Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': escaped.Append("\\\""); break;
                case '\\': escaped.Append("\\\\"); break;
                case '\b': escaped.Append("\\b"); break;
                case '\f': escaped.Append("\\f"); break;
                case '\n': escaped.Append("\\n"); break;
                case '\r': escaped.Append("\\r"); break;
                case '\t': escaped.Append("\\t"); break;
                case < ' ': escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: escaped.Append(c); break;
            }
        }

        output.Write(NoteText.Utf8.GetBytes(escaped.Append('"').ToString()));
    }
}
