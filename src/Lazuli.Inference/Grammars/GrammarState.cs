namespace Lazuli.Inference;

/// <summary>Where to go on after a called rule ends; equal stacks are one object.</summary>
internal sealed record ReturnStack(int Node, ReturnStack? Below, int Id);

/// <summary>A node that reads bytes (or ends the text), and what to return to after its rule.</summary>
internal readonly record struct GrammarThread(int Node, ReturnStack? Stack);

/// <summary>All places that a text read so far can be at in a grammar: a state of an automaton that is made as it is walked. Equal states are one object, but for those made before a cache was emptied.</summary>
internal sealed class GrammarState(GrammarThread[] threads, bool isComplete, int classes)
{
    /// <summary>The state after any byte that cannot come.</summary>
    public static readonly GrammarState Dead = new([], isComplete: false, classes: 0);

    private volatile ulong[]? _mask;

    public GrammarThread[] Threads => threads;

    /// <summary>The text may end here.</summary>
    public bool IsComplete => isComplete;

    /// <summary>By class of the next byte; null where nobody went yet.</summary>
    public GrammarState?[] Next { get; } = new GrammarState?[classes];

    /// <summary>Bytes that lead back to this state; null until asked for.</summary>
    public ByteSet? Loops { get; set; }

    /// <summary>The tokens that can come next; null until asked for. Read without a lock, so written after the words it holds.</summary>
    public ulong[]? Mask
    {
        get => _mask;
        set => _mask = value;
    }
}
