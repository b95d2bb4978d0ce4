namespace Lazuli.Inference;

/// <summary>How often a text has each token: what penalties are computed from. All memory is taken at the start.</summary>
/// <remarks>Two halves of one table of distinct tokens: those of the prompt, which count 0 until they are generated too, and those of the answer.</remarks>
internal sealed class TokenCounts
{
    private readonly Dictionary<int, int> _places;
    private readonly int[] _ids;
    private readonly int[] _generated;

    public TokenCounts(ReadOnlySpan<int> prompt, int maxNewTokens)
    {
        _ids = new int[prompt.Length + maxNewTokens];
        _generated = new int[_ids.Length];
        _places = new Dictionary<int, int>(_ids.Length);
        foreach (int id in prompt)
        {
            Place(id);
        }
    }

    /// <summary>Distinct tokens so far.</summary>
    public int Distinct { get; private set; }

    /// <summary>A distinct token.</summary>
    public int Id(int place) => _ids[place];

    /// <summary>How often the answer has it; 0 where only the prompt does.</summary>
    public int Generated(int place) => _generated[place];

    /// <summary>Counts a generated token.</summary>
    public void Add(int id) => _generated[Place(id)]++;

    private int Place(int id)
    {
        if (!_places.TryGetValue(id, out int place))
        {
            place = Distinct++;
            _ids[place] = id;
            _places.Add(id, place);
        }

        return place;
    }
}
