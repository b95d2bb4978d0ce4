using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lazuli.Models;

/// <summary>What the split rules ask of a code point; a symbol has none of <see cref="Letter"/>, <see cref="Number"/>, <see cref="Space"/>.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Anything else, bytes that are not UTF-8 included.</summary>
    Symbol = 0,

    /// <summary><c>\p{L}</c></summary>
    Letter = 1,

    /// <summary><c>\p{N}</c></summary>
    Number = 2,

    /// <summary><c>\s</c></summary>
    Space = 4,

    /// <summary><c>[\r\n]</c>; a <see cref="Space"/> as well.</summary>
    Newline = 8,

    /// <summary><c>[\p{Lu}\p{Lt}]</c></summary>
    Upper = 16,

    /// <summary><c>\p{Ll}</c></summary>
    Lower = 32,

    /// <summary><c>[\p{Lm}\p{Lo}\p{M}]</c>: belongs to both halves of a camel-case word. A mark has this alone, without <see cref="Letter"/>.</summary>
    Caseless = 64,

    /// <summary>No code point: the end of the text.</summary>
    End = 128,
}

/// <summary>Classes of the code points in UTF-8 text.</summary>
internal static class CharacterClasses
{
    /// <summary>The class of every code point of the basic plane; built once, in about a millisecond.</summary>
    private static readonly CharacterClass[] BasicPlane = [.. Enumerable.Range(0, 0x10000).Select(OfCodePoint)];

    /// <summary>Whether it is one of <paramref name="any"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(this CharacterClass found, CharacterClass any) => (found & any) != CharacterClass.Symbol;

    /// <summary>The class of the code point at <paramref name="index"/> and its length in bytes; a byte that starts no valid sequence is a symbol of length 1.</summary>
    public static CharacterClass At(ReadOnlySpan<byte> text, int index, out int length)
    {
        if ((uint)index >= (uint)text.Length)
        {
            length = 0;
            return CharacterClass.End;
        }

        int first = text[index];
        if (first < 0x80)
        {
            length = 1;
            return BasicPlane[first];
        }

        return NotAscii(text, index, first, out length);
    }

    /// <summary>Unicode's general category, as the published expressions use it. Classes are of code points, not of UTF-16 units: a letter beyond the basic plane is a letter.</summary>
    public static CharacterClass OfCodePoint(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharacterClass.Letter | CharacterClass.Upper,
        UnicodeCategory.LowercaseLetter => CharacterClass.Letter | CharacterClass.Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter | CharacterClass.Caseless,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterClass.Caseless,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => CharacterClass.Space,
        _ => codePoint switch
        {
            '\r' or '\n' => CharacterClass.Space | CharacterClass.Newline,
            '\t' or '\v' or '\f' or 0x85 => CharacterClass.Space,
            _ => CharacterClass.Symbol,
        },
    };

    private static CharacterClass NotAscii(ReadOnlySpan<byte> text, int index, int first, out int length)
    {
        ReadOnlySpan<byte> rest = text[index..];
        if (first is >= 0xC2 and <= 0xDF && rest.Length >= 2 && IsContinuation(rest[1]))
        {
            length = 2;
            return BasicPlane[((first & 0x1F) << 6) | (rest[1] & 0x3F)];
        }

        if (first is >= 0xE0 and <= 0xEF && rest.Length >= 3 && IsContinuation(rest[1]) && IsContinuation(rest[2]))
        {
            int codePoint = ((first & 0x0F) << 12) | ((rest[1] & 0x3F) << 6) | (rest[2] & 0x3F);
            if (codePoint >= 0x800 && codePoint is < 0xD800 or > 0xDFFF)
            {
                length = 3;
                return BasicPlane[codePoint];
            }
        }

        if (first is >= 0xF0 and <= 0xF4 && rest.Length >= 4 && IsContinuation(rest[1]) && IsContinuation(rest[2]) && IsContinuation(rest[3]))
        {
            int codePoint = ((first & 0x07) << 18) | ((rest[1] & 0x3F) << 12) | ((rest[2] & 0x3F) << 6) | (rest[3] & 0x3F);
            if (codePoint is >= 0x10000 and <= 0x10FFFF)
            {
                length = 4;
                return OfCodePoint(codePoint);
            }
        }

        length = 1;
        return CharacterClass.Symbol;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
