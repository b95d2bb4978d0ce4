namespace Lazuli.Training;

/// <summary>Gives the training answer of the name nearest to the one asked about: what looking things up without reading is worth.</summary>
/// <remarks>
/// A name with the same member (the part after the last dot; all constructors are the same member) always beats one without. Among
/// those, and where there are none among all names, the most similar wins: cosine of the words in the names, a rare word weighing
/// more (its inverse document frequency), words of the member counted twice; ties go to the first in ordinal order.
/// </remarks>
public sealed class NearestNameBaseline
{
    private const string Constructor = "the constructor of ";

    private readonly string[] _names;
    private readonly string[] _answers;
    private readonly string[][] _words;
    private readonly double[] _norms;
    private readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _byWord = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _byMember = new(StringComparer.Ordinal);

    /// <summary>Indexes the training answers.</summary>
    /// <exception cref="ArgumentException">There are no training answers.</exception>
    public NearestNameBaseline(IReadOnlyCollection<NamedAnswer> training)
    {
        if (training.Count == 0)
        {
            throw new ArgumentException("A baseline needs at least one training answer.", nameof(training));
        }

        NamedAnswer[] sorted = [.. training.OrderBy(a => a.Name, StringComparer.Ordinal)];
        _names = [.. sorted.Select(a => a.Name)];
        _answers = [.. sorted.Select(a => a.Answer)];
        _words = [.. _names.Select(WordsOf)];
        for (int i = 0; i < _names.Length; i++)
        {
            Index(_byMember, MemberOf(_names[i]), i);
            foreach (string word in _words[i].Distinct(StringComparer.Ordinal))
            {
                Index(_byWord, word, i);
            }
        }

        foreach ((string word, List<int> names) in _byWord)
        {
            _weights.Add(word, Math.Log((1.0 + _names.Length) / names.Count));
        }

        _norms = [.. _words.Select(NormOf)];
    }

    /// <summary>The answer to a question about <paramref name="name"/>.</summary>
    public string Answer(string name) => _answers[Find(name)];

    /// <summary>The training name nearest to <paramref name="name"/>.</summary>
    public string Nearest(string name) => _names[Find(name)];

    private static void Index(Dictionary<string, List<int>> index, string key, int name)
    {
        if (!index.TryGetValue(key, out List<int>? names))
        {
            index.Add(key, names = []);
        }

        names.Add(name);
    }

    private static string MemberOf(string name) => name.StartsWith(Constructor, StringComparison.Ordinal) ? Constructor : name[(name.LastIndexOf('.') + 1)..];

    /// <summary>The words of a name, those of its last part twice.</summary>
    private static string[] WordsOf(string name) =>
        [.. MemberQuestions.Words(name).Split(' ', StringSplitOptions.RemoveEmptyEntries), .. MemberQuestions.Words(name[(name.LastIndexOf('.') + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private int Find(string name)
    {
        Dictionary<string, int> asked = WordsOf(name).GroupBy(w => w, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        IEnumerable<int> candidates = _byMember.TryGetValue(MemberOf(name), out List<int>? same) ? same : SharingWords(asked.Keys);
        int best = 0;
        double bestScore = double.NegativeInfinity;
        foreach (int candidate in candidates)
        {
            double score = _words[candidate].Sum(w => asked.TryGetValue(w, out int count) ? count * Square(_weights[w]) : 0) / _norms[candidate];
            if (score > bestScore || (score == bestScore && candidate < best))
            {
                (best, bestScore) = (candidate, score);
            }
        }

        return best;
    }

    /// <summary>Names that share one of the rarer words asked; a common word such as <c>system</c> only serves where there is nothing else.</summary>
    private IEnumerable<int> SharingWords(IEnumerable<string> words)
    {
        const int Enough = 2000;
        var candidates = new HashSet<int>();
        foreach (List<int> names in words.Select(w => _byWord.GetValueOrDefault(w)).OfType<List<int>>().OrderBy(n => n.Count))
        {
            if (candidates.Count > 0 && candidates.Count + names.Count > Enough)
            {
                break;
            }

            candidates.UnionWith(names);
        }

        return candidates;
    }

    private double NormOf(string[] words) => Math.Sqrt(words.GroupBy(w => w, StringComparer.Ordinal).Sum(g => Square(g.Count() * _weights[g.Key]))) + 1e-9;

    private static double Square(double x) => x * x;
}
