using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Models;

/// <summary><see cref="SplitPatterns.O200k"/>.</summary>
internal readonly struct O200kSplitter : ISplitter
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        CharacterClass found = CharacterClasses.At(text, start, out int length);
        if (found.Has(CharacterClass.Number))
        {
            return Runs.Numbers(text, start, 3);
        }

        if (found.Has(CharacterClass.Newline))
        {
            return Runs.SpacesOrLines(text, start);
        }

        // A letter starts the word itself; anything else may be its one-character prefix.
        int wordStart = found.Has(CharacterClass.Letter) ? start : start + length;
        int end = Word(text, wordStart);
        if (end > wordStart)
        {
            return Runs.AnyCaseContraction(text, end);
        }

        if (end < 0 || found.Has(CharacterClass.Caseless))
        {
            return OfMarkOrUppers(text, start, wordStart, found, ~end);
        }

        CharacterClass next = CharacterClasses.At(text, wordStart, out _);
        if (!found.Has(CharacterClass.Space) || (text[start] == (byte)' ' && Runs.IsSymbol(next)))
        {
            return SlashesAndNewlines(text, Runs.Symbols(text, start + length));
        }

        return Runs.SpacesOrLines(text, start);
    }

    /// <summary>The first alternative backtracks from its prefix before the second is tried, so a mark before bare capitals is a piece of its own.</summary>
    private static int OfMarkOrUppers(ReadOnlySpan<byte> text, int start, int wordStart, CharacterClass found, int uppersEnd)
    {
        bool isMark = (found & (CharacterClass.Caseless | CharacterClass.Letter)) == CharacterClass.Caseless;
        return Runs.AnyCaseContraction(text, isMark && wordStart > start ? wordStart : uppersEnd);
    }

    /// <summary>
    /// <c>[UB]*[LB]+</c> with U upper, L lower, B caseless: the end of the greedy match after backtracking.
    /// Where it fails but capitals alone stand here (<c>U+</c>, the second alternative), the complement of their end; where neither, <paramref name="start"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Word(ReadOnlySpan<byte> text, int start)
    {
        if (start <= text.Length - 16)
        {
            // Sixteen bytes at once settle it where the word is ASCII and ends within them, before an ASCII character.
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)start);
            uint upper = Vector128.LessThan(bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)26)).ExtractMostSignificantBits();
            uint lower = Vector128.LessThan(bytes - Vector128.Create((byte)'a'), Vector128.Create((byte)26)).ExtractMostSignificantBits();
            int uppers = BitOperations.TrailingZeroCount(~upper);
            int run = uppers + BitOperations.TrailingZeroCount(~(lower >> uppers));
            if (run < 16 && text[start + run] < 0x80)
            {
                return run > uppers || uppers == 0 ? start + run : ~(start + run);
            }
        }

        return AnyWord(text, start);
    }

    private static int AnyWord(ReadOnlySpan<byte> text, int start)
    {
        int i = start;
        int afterCaseless = -1;
        CharacterClass found;
        int length;
        while ((found = CharacterClasses.At(text, i, out length)).Has(CharacterClass.Upper | CharacterClass.Caseless))
        {
            i += length;
            if (found.Has(CharacterClass.Caseless))
            {
                afterCaseless = i;
            }
        }

        if (found.Has(CharacterClass.Lower))
        {
            do
            {
                i += length;
                found = CharacterClasses.At(text, i, out length);
            }
            while (found.Has(CharacterClass.Lower | CharacterClass.Caseless));
            return i;
        }

        if (afterCaseless >= 0)
        {
            return afterCaseless;
        }

        return i > start ? ~i : start;
    }

    /// <summary><c>[\r\n/]*</c></summary>
    private static int SlashesAndNewlines(ReadOnlySpan<byte> text, int i)
    {
        while ((uint)i < (uint)text.Length && text[i] is (byte)'\r' or (byte)'\n' or (byte)'/')
        {
            i++;
        }

        return i;
    }
}
