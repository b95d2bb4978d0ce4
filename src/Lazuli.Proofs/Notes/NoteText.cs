using System.Buffers;
using System.Globalization;
using System.Text;

namespace Lazuli.Proofs;

/// <summary>The rules on characters, names and numbers that notes, checkpoints and receipts share.</summary>
internal static class NoteText
{
    /// <summary>UTF-8 that neither writes nor reads anything but Unicode.</summary>
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> _controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\n').Select(c => (char)c)]);

    /// <summary>Decodes at most <paramref name="longest"/> bytes of UTF-8 without control characters below U+0020 other than line feeds.</summary>
    /// <exception cref="NoteFormatException">Longer, not UTF-8, or with control characters.</exception>
    public static string Decode(string what, ReadOnlySpan<byte> bytes, int longest)
    {
        if (bytes.Length > longest)
        {
            throw new NoteFormatException(what, 0, $"at most {longest} bytes", $"{bytes.Length}");
        }

        string text;
        try
        {
            text = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new NoteFormatException(what, 0, "UTF-8", $"other bytes at {e.Index}");
        }

        int control = text.AsSpan().IndexOfAny(_controls);
        return control < 0
            ? text
            : throw new NoteFormatException(what, 1 + text.AsSpan(0, control).Count('\n'), "no control characters", $"U+{(int)text[control]:X4}");
    }

    /// <summary>Whether text can be signed: Unicode, without control characters, ending in a line feed.</summary>
    public static bool IsSignable(string text)
    {
        if (!text.EndsWith('\n') || text.AsSpan().ContainsAny(_controls))
        {
            return false;
        }

        try
        {
            Utf8.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Whether a key may be called so: not empty, no Unicode spaces, no control characters, no plus.</summary>
    public static bool IsKeyName(string name) =>
        name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || c < ' ' || c == '+') && IsSignable(name + "\n");

    /// <summary>Reads a decimal number from 0 to 2^63 - 1 without leading zeros.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && text.SequenceEqual(number.ToString(CultureInfo.InvariantCulture));
}
