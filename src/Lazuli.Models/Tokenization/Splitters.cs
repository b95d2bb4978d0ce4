namespace Lazuli.Models;

/// <summary><see cref="SplitPatterns.Gpt2"/>.</summary>
internal readonly struct Gpt2Splitter : ISplitter
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        CharacterClass found = CharacterClasses.At(text, start, out int length);
        int i = start;
        if (text[start] == (byte)' ')
        {
            CharacterClass next = CharacterClasses.At(text, start + 1, out _);
            if (!next.Has(CharacterClass.Space | CharacterClass.End))
            {
                found = next;
                i++;
            }
        }
        else if (text[start] == (byte)'\'')
        {
            int contraction = Runs.Contraction(text, start);
            if (contraction > start)
            {
                return contraction;
            }
        }

        if (found.Has(CharacterClass.Letter))
        {
            return Runs.Letters(text, i);
        }

        if (found.Has(CharacterClass.Number))
        {
            return Runs.Numbers(text, i);
        }

        return found.Has(CharacterClass.Space) ? Runs.Spaces(text, start) : Runs.Symbols(text, i);
    }
}

/// <summary><see cref="SplitPatterns.SmolLm"/>.</summary>
internal readonly struct SmolLmSplitter : ISplitter
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        CharacterClass found = CharacterClasses.At(text, start, out int length);
        if (found.Has(CharacterClass.Number))
        {
            return start + length;
        }

        if (found.Has(CharacterClass.Space))
        {
            int end = start;
            CharacterClass next;
            while ((next = CharacterClasses.At(text, end, out length)).Has(CharacterClass.Space))
            {
                end += length;
            }

            if (next.Has(CharacterClass.Number))
            {
                return end;
            }
        }

        return Gpt2Splitter.PieceEnd(text, start);
    }
}

/// <summary><see cref="SplitPatterns.LlamaBpe"/>.</summary>
internal readonly struct LlamaBpeSplitter : ISplitter
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start) => WordsAndLines.PieceEnd(text, start, digits: 3);
}

/// <summary><see cref="SplitPatterns.Qwen2"/>.</summary>
internal readonly struct Qwen2Splitter : ISplitter
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start) => WordsAndLines.PieceEnd(text, start, digits: 1);
}

/// <summary>What <see cref="SplitPatterns.LlamaBpe"/> and <see cref="SplitPatterns.Qwen2"/> share; they differ in the digits a piece may have.</summary>
internal static class WordsAndLines
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start, int digits)
    {
        CharacterClass found = CharacterClasses.At(text, start, out int length);
        if (found.Has(CharacterClass.Letter))
        {
            return Runs.Letters(text, start);
        }

        if (found.Has(CharacterClass.Number))
        {
            return Runs.Numbers(text, start, digits);
        }

        if (text[start] == (byte)'\'')
        {
            int contraction = Runs.AnyCaseContraction(text, start);
            if (contraction > start)
            {
                return contraction;
            }
        }

        if (found.Has(CharacterClass.Newline))
        {
            return Runs.SpacesOrLines(text, start);
        }

        CharacterClass next = CharacterClasses.At(text, start + length, out _);
        if (next.Has(CharacterClass.Letter))
        {
            return Runs.Letters(text, start + length);
        }

        if (!found.Has(CharacterClass.Space) || (text[start] == (byte)' ' && Runs.IsSymbol(next)))
        {
            return Runs.Newlines(text, Runs.Symbols(text, start + length));
        }

        return Runs.SpacesOrLines(text, start);
    }
}
