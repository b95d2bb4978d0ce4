using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Texts to score that begin alike, as tokens.</summary>
/// <param name="Shared">What all begin with, at least one token.</param>
/// <param name="Rests">What each goes on with, at least one token.</param>
/// <param name="FirstScored">Of each text, the first token that is scored; at least the length of <paramref name="Shared"/>.</param>
internal sealed record ScoredTexts(int[] Shared, IReadOnlyList<int[]> Rests, IReadOnlyList<int> FirstScored)
{
    /// <summary>The tokens of a prompt and its continuations, see <see cref="ScoreRequest"/>.</summary>
    /// <exception cref="ArgumentException">There is nothing to score, or no token precedes a continuation.</exception>
    public static ScoredTexts Of(PromptEncoder encoder, GenerationPrompt prompt, IReadOnlyList<GenerationPrompt> continuations)
    {
        int[] alone = encoder.Encode(prompt);
        var wholes = new List<int[]>();
        var firstScored = new List<int>();
        for (int i = 0; i < continuations.Count; i++)
        {
            int[] whole = (prompt, continuations[i]) switch
            {
                (_, GenerationPrompt.Text { Content.Length: 0 }) => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Continuation {i} is empty; there is nothing to score."), nameof(continuations)),
                (GenerationPrompt.Text before, GenerationPrompt.Text after) => encoder.Encode(new GenerationPrompt.Text(before.Content + after.Content)),
                _ => [.. alone, .. encoder.EncodeContinuation(continuations[i])],
            };
            int common = Math.Min(whole.AsSpan().CommonPrefixLength(alone), whole.Length - 1);
            if (common == 0)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The prompt and continuation {i} become one token, so none precedes the continuation; give a longer prompt."), nameof(continuations));
            }

            wholes.Add(whole);
            firstScored.Add(common);
        }

        int shared = firstScored.Min();
        return new ScoredTexts(alone[..shared], [.. wholes.Select(w => w[shared..])], firstScored);
    }

    /// <summary>A whole text of at least two tokens; the first is not scored.</summary>
    public static ScoredTexts OfWhole(int[] ids) => new(ids[..1], [ids[1..]], [1]);

    /// <summary>Tokens of a text.</summary>
    public int LengthOf(int text) => Shared.Length + Rests[text].Length;

    /// <summary>The scored tokens of a text.</summary>
    public ReadOnlySpan<int> ScoredOf(int text) => Rests[text].AsSpan(FirstScored[text] - Shared.Length);
}
