using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Log-probabilities in the older route's columns; <paramref name="TextOffset"/> counts characters from the beginning of the choice. The first token of an echoed prompt has null.</summary>
internal sealed record TextLogprobs(IReadOnlyList<string> Tokens, IReadOnlyList<double?> TokenLogprobs, IReadOnlyList<IReadOnlyDictionary<string, double>?>? TopLogprobs, IReadOnlyList<int> TextOffset)
{
    /// <param name="tokens">Tokens in order.</param>
    /// <param name="offset">Characters of the choice before them.</param>
    public static TextLogprobs Of(IReadOnlyList<GenerationEvent.TokenChosen> tokens, int offset)
    {
        var offsets = new int[tokens.Count];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = offset;
            offset += LengthOf(tokens[i]);
        }

        return new TextLogprobs(
            [.. tokens.Select(t => t.Token.Text)],
            [.. tokens.Select(t => IsFirst(t) ? (double?)null : WireLogprob.Of(t.Token))],
            tokens.Any(t => t.Likeliest.Count > 0) ? [.. tokens.Select(t => IsFirst(t) ? null : ByText(t))] : null,
            offsets);
    }

    /// <summary>Characters that a token adds to a choice: none for a special token, whose name is no text.</summary>
    public static int LengthOf(GenerationEvent.TokenChosen token) => token.Token.Bytes.IsEmpty ? 0 : token.Token.Text.Length;

    /// <summary>Whether nothing precedes the token.</summary>
    private static bool IsFirst(GenerationEvent.TokenChosen token) => double.IsNaN(token.Token.LogProbability);

    /// <summary>Two tokens of one spelling (halves of characters) are one key; the likelier stays.</summary>
    private static Dictionary<string, double> ByText(GenerationEvent.TokenChosen chosen)
    {
        var byText = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (TokenLogProbability token in chosen.Likeliest)
        {
            byText.TryAdd(token.Text, WireLogprob.Of(token));
        }

        return byText;
    }
}
