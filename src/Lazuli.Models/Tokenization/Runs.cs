using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Models;

/// <summary>The runs that split rules are made of. Each method returns the index after the run that starts at <c>i</c>, which may be empty.</summary>
internal static class Runs
{
    /// <summary><c>\p{L}*</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Letters(ReadOnlySpan<byte> text, int i)
    {
        i = AsciiLetters(text, i);
        return (uint)i >= (uint)text.Length || (text[i] < 0x80 && !char.IsAsciiLetter((char)text[i])) ? i : LettersSlow(text, i);
    }

    /// <summary><c>\p{N}*</c></summary>
    public static int Numbers(ReadOnlySpan<byte> text, int i)
    {
        while (CharacterClasses.At(text, i, out int length).Has(CharacterClass.Number))
        {
            i += length;
        }

        return i;
    }

    /// <summary><c>\p{N}{0,limit}</c></summary>
    public static int Numbers(ReadOnlySpan<byte> text, int i, int limit)
    {
        for (int n = 0; n < limit && CharacterClasses.At(text, i, out int length).Has(CharacterClass.Number); n++)
        {
            i += length;
        }

        return i;
    }

    /// <summary><c>[^\s\p{L}\p{N}]*</c></summary>
    public static int Symbols(ReadOnlySpan<byte> text, int i)
    {
        while (IsSymbol(CharacterClasses.At(text, i, out int length)))
        {
            i += length;
        }

        return i;
    }

    /// <summary><c>[\r\n]*</c></summary>
    public static int Newlines(ReadOnlySpan<byte> text, int i)
    {
        while ((uint)i < (uint)text.Length && text[i] is (byte)'\r' or (byte)'\n')
        {
            i++;
        }

        return i;
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: the whole run at the end of the text, else all but its last character, else that one.</summary>
    public static int Spaces(ReadOnlySpan<byte> text, int start)
    {
        int last = start;
        int i = start;
        CharacterClass found;
        while ((found = CharacterClasses.At(text, i, out int length)).Has(CharacterClass.Space))
        {
            last = i;
            i += length;
        }

        return found == CharacterClass.End || last == start ? i : last;
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>: through the last line break of the run where it has one.</summary>
    public static int SpacesOrLines(ReadOnlySpan<byte> text, int start)
    {
        int last = start;
        int afterLine = start;
        int i = start;
        CharacterClass found;
        while ((found = CharacterClasses.At(text, i, out int length)).Has(CharacterClass.Space))
        {
            last = i;
            i += length;
            if (found.Has(CharacterClass.Newline))
            {
                afterLine = i;
            }
        }

        if (afterLine > start)
        {
            return afterLine;
        }

        return found == CharacterClass.End || last == start ? i : last;
    }

    /// <summary><c>'s|'t|'re|'ve|'m|'ll|'d</c>, or <paramref name="i"/> where there is none.</summary>
    public static int Contraction(ReadOnlySpan<byte> text, int i)
    {
        if (i + 1 >= text.Length || text[i] != (byte)'\'')
        {
            return i;
        }

        int second = text[i + 1];
        if (second is 's' or 't' or 'm' or 'd')
        {
            return i + 2;
        }

        int third = i + 2 < text.Length ? text[i + 2] : 0;
        return (second, third) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? i + 3 : i;
    }

    /// <summary><c>(?i:'s|'t|'re|'ve|'m|'ll|'d)</c>, or <paramref name="i"/> where there is none. Case is ASCII's: the long s (U+017F), which some engines fold to s, is not one here nor in .NET or llama.cpp.</summary>
    public static int AnyCaseContraction(ReadOnlySpan<byte> text, int i)
    {
        if (i + 1 >= text.Length || text[i] != (byte)'\'')
        {
            return i;
        }

        int second = text[i + 1] | 0x20;
        if (second is 's' or 't' or 'm' or 'd')
        {
            return i + 2;
        }

        int third = i + 2 < text.Length ? text[i + 2] | 0x20 : 0;
        return (second, third) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? i + 3 : i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSymbol(CharacterClass found) => !found.Has(CharacterClass.Letter | CharacterClass.Number | CharacterClass.Space | CharacterClass.End);

    /// <summary><c>[A-Za-z]*</c> while sixteen bytes are left; what follows may be another letter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AsciiLetters(ReadOnlySpan<byte> text, int i)
    {
        while (i <= text.Length - 16)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)i);
            Vector128<byte> fromA = (bytes | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a');
            uint letters = Vector128.LessThan(fromA, Vector128.Create((byte)26)).ExtractMostSignificantBits();
            int run = BitOperations.TrailingZeroCount(~letters);
            i += run;
            if (run < 16)
            {
                return i;
            }
        }

        return i;
    }

    private static int LettersSlow(ReadOnlySpan<byte> text, int i)
    {
        while (CharacterClasses.At(text, i, out int length).Has(CharacterClass.Letter))
        {
            i += length;
        }

        return i;
    }
}
