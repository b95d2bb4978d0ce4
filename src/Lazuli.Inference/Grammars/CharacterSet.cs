namespace Lazuli.Inference;

/// <summary>A set of Unicode characters (code points but for surrogates), as rising ranges that do not touch.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;

    private readonly (int First, int Last)[] _ranges;

    private CharacterSet((int First, int Last)[] ranges) => _ranges = ranges;

    public static CharacterSet All { get; } = Of((0, Last));

    public static CharacterSet None { get; } = new([]);

    public IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The union of ranges in any order.</summary>
    public static CharacterSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1 && !(merged[^1].Last == 0xD7FF && first == 0xE000))
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return new CharacterSet([.. merged]);
    }

    public static CharacterSet OfCharacters(string characters) => Of(characters.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    public CharacterSet Or(CharacterSet other) => Of(_ranges.Concat(other._ranges));

    public CharacterSet Complement()
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    public CharacterSet And(CharacterSet other) => Complement().Or(other.Complement()).Complement();

    public CharacterSet Except(CharacterSet other) => And(other.Complement());

    public bool Contains(int character) => Array.Exists(_ranges, range => character >= range.First && character <= range.Last);

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < 0xD800 && range.First <= range.Last)
        {
            yield return (range.First, Math.Min(range.Last, 0xD7FF));
        }

        if (range.Last > 0xDFFF && range.First <= range.Last)
        {
            yield return (Math.Max(range.First, 0xE000), Math.Min(range.Last, Last));
        }
    }
}
