namespace Lazuli.Inference;

/// <summary>Reading a byte of [<paramref name="First"/>, <paramref name="Last"/>] leads to <paramref name="To"/>.</summary>
internal readonly record struct ByteEdge(byte First, byte Last, int To);

/// <summary>Reading all of a rule leads to <paramref name="To"/>.</summary>
internal readonly record struct CallEdge(int Rule, int To);

/// <summary>A place in a rule.</summary>
internal sealed class NetworkNode
{
    public List<ByteEdge> Bytes { get; } = [];

    public List<CallEdge> Calls { get; } = [];

    /// <summary>Places reached without reading.</summary>
    public List<int> Skips { get; } = [];

    /// <summary>The rule can end here.</summary>
    public bool IsEnd { get; set; }

    /// <summary>Nothing can follow here but the end of the rule, so a call that returns here needs no return address.</summary>
    public bool IsBareEnd => IsEnd && Bytes.Count == 0 && Calls.Count == 0 && Skips.Count == 0;
}

/// <summary>A part laid out several times in a row: where its first copy begins, and nodes a copy.</summary>
internal readonly record struct RepeatedNodes(int First, int Stride, int Min, int? Max)
{
    /// <summary>So few copies are not worth remembering.</summary>
    public const int Few = 8;
}

/// <summary>A grammar as a recursive transition network over bytes: rules of nodes, edges that read bytes, edges that call rules.</summary>
/// <remarks>Every node of a network can still reach the end: what cannot be finished was cut off when it was built.</remarks>
internal sealed class GrammarNetwork
{
    private readonly IReadOnlyList<RepeatedNodes> _repeats;

    public GrammarNetwork(NetworkNode[] nodes, int[] starts, int startRule, IReadOnlyList<RepeatedNodes> repeats)
    {
        _repeats = repeats;
        Nodes = nodes;
        Starts = starts;
        StartRule = startRule;
        ClassOf = new byte[256];
        var begins = new bool[257];
        foreach (ByteEdge edge in nodes.SelectMany(node => node.Bytes))
        {
            begins[edge.First] = true;
            begins[edge.Last + 1] = true;
        }

        int count = 0;
        for (int value = 0; value < 256; value++)
        {
            count += value > 0 && begins[value] ? 1 : 0;
            ClassOf[value] = (byte)count;
        }

        ClassCount = count + 1;
        Representatives = new byte[ClassCount];
        for (int value = 255; value >= 0; value--)
        {
            Representatives[ClassOf[value]] = (byte)value;
        }
    }

    public NetworkNode[] Nodes { get; }

    /// <summary>First node of each rule.</summary>
    public int[] Starts { get; }

    public int StartRule { get; }

    /// <summary>Bytes that no edge tells apart have one class.</summary>
    public byte[] ClassOf { get; }

    public int ClassCount { get; }

    /// <summary>A byte of each class.</summary>
    public byte[] Representatives { get; }

    /// <summary>For each node one that <paramref name="length"/> bytes cannot tell from it: copies of a repeated part that are farther than that from the last are as good as each other.</summary>
    public int[] Twins(int length)
    {
        int[] twins = [.. Enumerable.Range(0, Nodes.Length)];
        foreach (RepeatedNodes repeat in _repeats) // inner ones come first
        {
            // The copy must be followed by as many as there are bytes: of those that must come, and of those that may.
            Redirect(0, repeat.Min - 2 - length, repeat);
            Redirect(Math.Max(0, repeat.Min - 1), (repeat.Max ?? 0) - 1 - length, repeat);
        }

        return twins;

        void Redirect(int first, int target, in RepeatedNodes repeat)
        {
            for (int copy = first; copy < target; copy++)
            {
                for (int i = 0; i < repeat.Stride; i++)
                {
                    twins[repeat.First + (copy * repeat.Stride) + i] = twins[repeat.First + (target * repeat.Stride) + i];
                }
            }
        }
    }
}
