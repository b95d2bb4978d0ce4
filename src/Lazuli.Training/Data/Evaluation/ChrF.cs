using System.Text;

namespace Lazuli.Training;

/// <summary>chrF2: the F-score, recall weighted twice, of character n-grams of one to six characters; from 0 to 100, higher is better.</summary>
/// <remarks>
/// Source: Popović, chrF: character n-gram F-score for automatic MT evaluation, 2015; computed as sacrebleu does by default (character
/// order 6, word order 0, β = 2, white space removed, case kept, no smoothing). Precision and recall are averaged over the orders that
/// both sides have. For a corpus the counts of all pairs are added first: it is not the mean of the pairs' scores.
/// </remarks>
public sealed class ChrF
{
    private const int MaxOrder = 6;
    private const double BetaSquared = 4;

    private readonly long[] _hypothesis = new long[MaxOrder];
    private readonly long[] _reference = new long[MaxOrder];
    private readonly long[] _matches = new long[MaxOrder];

    /// <summary>The score of all pairs added so far; 0 where nothing could match.</summary>
    public double Score
    {
        get
        {
            double precision = 0;
            double recall = 0;
            int orders = 0;
            for (int n = 0; n < MaxOrder; n++)
            {
                if (_hypothesis[n] > 0 && _reference[n] > 0)
                {
                    precision += (double)_matches[n] / _hypothesis[n];
                    recall += (double)_matches[n] / _reference[n];
                    orders++;
                }
            }

            if (orders == 0 || precision + recall == 0)
            {
                return 0;
            }

            precision /= orders;
            recall /= orders;
            return 100 * (1 + BetaSquared) * precision * recall / ((BetaSquared * precision) + recall);
        }
    }

    /// <summary>The score of one pair.</summary>
    public static double ScoreOf(string hypothesis, string reference)
    {
        var score = new ChrF();
        score.Add(hypothesis, reference);
        return score.Score;
    }

    /// <summary>Adds a pair to the corpus.</summary>
    public void Add(string hypothesis, string reference)
    {
        // Characters are code points; numbering them makes each one UTF-16 unit, so that an n-gram is a plain slice.
        var numbers = new Dictionary<int, char>();
        string h = Number(hypothesis, numbers);
        string r = Number(reference, numbers);
        for (int n = 1; n <= MaxOrder; n++)
        {
            Dictionary<string, int> left = CountGrams(r, n);
            long total = Math.Max(0, r.Length - n + 1);
            _reference[n - 1] += total;
            _hypothesis[n - 1] += total > 0 ? Math.Max(0, h.Length - n + 1) : 0; // as sacrebleu: no reference, no count
            Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = left.GetAlternateLookup<ReadOnlySpan<char>>();
            for (int i = 0; i + n <= h.Length; i++)
            {
                ReadOnlySpan<char> gram = h.AsSpan(i, n);
                if (lookup.TryGetValue(gram, out int count) && count > 0)
                {
                    lookup[gram] = count - 1;
                    _matches[n - 1]++;
                }
            }
        }
    }

    private static string Number(string text, Dictionary<int, char> numbers)
    {
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                continue;
            }

            if (!numbers.TryGetValue(rune.Value, out char number))
            {
                // Beyond 65,535 different characters in one pair the last number is shared.
                number = (char)Math.Min(numbers.Count, char.MaxValue);
                numbers.Add(rune.Value, number);
            }

            result.Append(number);
        }

        return result.ToString();
    }

    private static Dictionary<string, int> CountGrams(string text, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int i = 0; i + n <= text.Length; i++)
        {
            ReadOnlySpan<char> gram = text.AsSpan(i, n);
            lookup[gram] = lookup.TryGetValue(gram, out int count) ? count + 1 : 1;
        }

        return counts;
    }
}
