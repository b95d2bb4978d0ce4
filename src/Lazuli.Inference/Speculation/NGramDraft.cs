namespace Lazuli.Inference;

/// <summary>Guesses how a text goes on: as it did after the last place where its last few tokens stood before (prompt look-up, Saxena 2023).</summary>
/// <remarks>Costs a scan of the text, no model. Good where answers repeat: code that is edited, quotations, lists, JSON. Allocates nothing.</remarks>
internal static class NGramDraft
{
    private const int LongestPattern = 4;
    private const int ShortestPattern = 2;

    /// <summary>Writes guesses behind the known tokens; answers how many.</summary>
    /// <param name="tokens">The text, with room behind it.</param>
    /// <param name="known">Tokens of the text.</param>
    /// <param name="most">Guesses wanted; <c>known + most</c> fit <paramref name="tokens"/>.</param>
    public static int Propose(Span<int> tokens, int known, int most)
    {
        if (most <= 0)
        {
            return 0;
        }

        ReadOnlySpan<int> text = tokens[..known];
        for (int length = Math.Min(LongestPattern, known - 1); length >= ShortestPattern; length--)
        {
            int at = text[..^1].LastIndexOf(text[^length..]);
            if (at < 0)
            {
                continue;
            }

            // Past the text's end it goes on with the guesses themselves: a text that repeats keeps repeating.
            int next = at + length;
            for (int i = 0; i < most; i++)
            {
                tokens[known + i] = tokens[next + i];
            }

            return most;
        }

        return 0;
    }
}
