using System.Text;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Which tokens are one word written in different ways: <c>Size</c>, <c>size</c>, <c>.Size</c>, <c> SIZE</c>.</summary>
/// <remarks>
/// A byte-level vocabulary gives each of them an id of its own, and a small model sees too few examples of most to learn that they belong together.
/// Family: the letters in lower case without spaces and signs before them. Stem: the first letters of that, which <c>increment</c> and <c>increments</c>
/// share. Opening: the signs before. Casing: small, capital, capitals. Tokens without letters, and special ones, stand alone in their family.
/// </remarks>
public sealed class WordFamilies
{
    private const int StemLetters = 4;

    private readonly int[] _family;
    private readonly int[] _stem;
    private readonly int[] _opening;
    private readonly int[] _casing;

    private WordFamilies(ITokenizer tokenizer)
    {
        int count = tokenizer.VocabularySize;
        (_family, _stem, _opening, _casing) = (new int[count], new int[count], new int[count], new int[count]);
        var special = tokenizer.SpecialTokens.Values.ToHashSet();
        Dictionary<string, int> families = new(StringComparer.Ordinal), stems = new(StringComparer.Ordinal), openings = new(StringComparer.Ordinal), casings = new(StringComparer.Ordinal);
        for (int id = 0; id < count; id++)
        {
            string text = special.Contains(id) ? string.Empty : Encoding.UTF8.GetString(tokenizer.TokenBytes(id));
            int letters = 0;
            while (letters < text.Length && !char.IsLetter(text[letters]))
            {
                letters++;
            }

            bool isWord = letters < text.Length && text.AsSpan(letters).IndexOfAnyExceptInRange('A', 'z') < 0;
            string word = isWord ? text[letters..].ToLowerInvariant() : $"\0{id}"; // a name that no word can have
            _family[id] = NumberOf(families, word);
            _stem[id] = NumberOf(stems, word[..Math.Min(StemLetters, word.Length)] + (isWord ? string.Empty : word));
            _opening[id] = NumberOf(openings, isWord ? text[..letters] : "\0");
            _casing[id] = NumberOf(casings, isWord ? CasingOf(text.AsSpan(letters)) : "\0");
        }

        (Count, StemCount, OpeningCount, CasingCount) = (families.Count, stems.Count, openings.Count, casings.Count);
    }

    /// <summary>Number of families.</summary>
    public int Count { get; }

    /// <summary>Number of stems.</summary>
    public int StemCount { get; }

    /// <summary>Number of ways in which tokens begin before their letters.</summary>
    public int OpeningCount { get; }

    /// <summary>Number of ways in which tokens use capitals.</summary>
    public int CasingCount { get; }

    /// <summary>For each token id its family, numbered from 0 in order of first ids.</summary>
    public ReadOnlySpan<int> Family => _family;

    /// <summary>For each token id its stem.</summary>
    public ReadOnlySpan<int> Stem => _stem;

    /// <summary>For each token id its opening.</summary>
    public ReadOnlySpan<int> Opening => _opening;

    /// <summary>For each token id its casing.</summary>
    public ReadOnlySpan<int> Casing => _casing;

    /// <summary>The families of a tokenizer's vocabulary; they follow from the tokenizer alone.</summary>
    public static WordFamilies Of(ITokenizer tokenizer) => new(tokenizer);

    private static string CasingOf(ReadOnlySpan<char> letters) =>
        !char.IsUpper(letters[0]) ? "small" : letters.Length > 1 && !letters.ContainsAnyInRange('a', 'z') ? "capitals" : "capital";

    private static int NumberOf(Dictionary<string, int> numbers, string key)
    {
        if (!numbers.TryGetValue(key, out int number))
        {
            number = numbers.Count;
            numbers.Add(key, number);
        }

        return number;
    }
}
