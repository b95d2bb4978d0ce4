namespace Lazuli.Inference;

/// <summary>Makes the states of a network and keeps one object for equal ones. Not thread-safe.</summary>
internal sealed class StateTable(GrammarNetwork network)
{
    private readonly Dictionary<long[], GrammarState> _states = new(KeyComparer.Instance);
    private readonly Dictionary<(int Node, int Below), ReturnStack> _stacks = [];
    private readonly List<GrammarThread> _work = [];
    private readonly HashSet<(int Node, int Stack)> _seen = [];
    private readonly List<GrammarThread> _threads = [];
    private int _stackIds;
    private bool _isComplete;

    public int Count => _states.Count;

    public GrammarState Start()
    {
        Begin();
        Enter(network.Starts[network.StartRule], null);
        return Finish();
    }

    /// <summary>The state after a byte of a class; kept in the state itself.</summary>
    /// <remarks>Most classes take the same edges (letters, in a string): where there are few edges, all classes are followed at once, each set of edges once.</remarks>
    public GrammarState After(GrammarState state, byte byteClass)
    {
        if (state.Next.Length == 0 || state.Next[byteClass] is not null)
        {
            return state.Next.Length == 0 ? GrammarState.Dead : state.Next[byteClass]!;
        }

        int edges = state.Threads.Sum(thread => network.Nodes[thread.Node].Bytes.Count);
        if (edges > 64)
        {
            GrammarState only = Follow(state, byteClass);
            Volatile.Write(ref state.Next[byteClass], only); // others read it without the lock
            return only;
        }

        var followed = new Dictionary<ulong, GrammarState> { [0] = GrammarState.Dead };
        for (int i = 0; i < network.ClassCount; i++)
        {
            ulong taken = EdgesTaken(state, network.Representatives[i]);
            if (!followed.TryGetValue(taken, out GrammarState? next))
            {
                next = Follow(state, (byte)i);
                followed.Add(taken, next);
            }

            Volatile.Write(ref state.Next[i], next);
        }

        return state.Next[byteClass]!;
    }

    private ulong EdgesTaken(GrammarState state, byte value)
    {
        ulong taken = 0;
        int index = 0;
        foreach (GrammarThread thread in state.Threads)
        {
            foreach (ByteEdge edge in network.Nodes[thread.Node].Bytes)
            {
                taken |= value >= edge.First && value <= edge.Last ? 1UL << index : 0;
                index++;
            }
        }

        return taken;
    }

    private GrammarState Follow(GrammarState state, byte byteClass)
    {
        byte value = network.Representatives[byteClass];
        Begin();
        foreach (GrammarThread thread in state.Threads)
        {
            foreach (ByteEdge edge in network.Nodes[thread.Node].Bytes)
            {
                if (value >= edge.First && value <= edge.Last)
                {
                    Enter(edge.To, thread.Stack);
                }
            }
        }

        return Finish();
    }

    /// <summary>The state whose nodes are replaced by their twins: its tokens are the same.</summary>
    public GrammarState TwinOf(GrammarState state, int[] twins)
    {
        if (!Array.Exists(state.Threads, thread => HasTwin(thread, twins)))
        {
            return state;
        }

        Begin();
        foreach (GrammarThread thread in state.Threads)
        {
            ReturnStack? stack = TwinOf(thread.Stack, twins);
            if (_seen.Add((twins[thread.Node], stack?.Id ?? 0)))
            {
                _threads.Add(new GrammarThread(twins[thread.Node], stack));
            }
        }

        _isComplete = state.IsComplete;
        return Finish();
    }

    /// <summary>Forgets what was made; states in use go on working.</summary>
    public void Empty()
    {
        _states.Clear();
        _stacks.Clear();
    }

    private void Begin()
    {
        _seen.Clear();
        _threads.Clear();
        _isComplete = false;
    }

    /// <summary>Adds a place and all that it leads to without reading.</summary>
    private void Enter(int first, ReturnStack? stackOfFirst)
    {
        _work.Add(new GrammarThread(first, stackOfFirst));
        while (_work.Count > 0)
        {
            (int index, ReturnStack? stack) = _work[^1];
            _work.RemoveAt(_work.Count - 1);
            if (!_seen.Add((index, stack?.Id ?? 0)))
            {
                continue;
            }

            if (_seen.Count > 16 * VocabularyGrammar.MaxThreads)
            {
                throw TooAmbiguous();
            }

            NetworkNode node = network.Nodes[index];
            if (node.Bytes.Count > 0)
            {
                _threads.Add(new GrammarThread(index, stack));
            }

            foreach (int to in node.Skips)
            {
                _work.Add(new GrammarThread(to, stack));
            }

            foreach (CallEdge call in node.Calls)
            {
                _work.Add(new GrammarThread(network.Starts[call.Rule], network.Nodes[call.To].IsBareEnd ? stack : Push(call.To, stack)));
            }

            if (node.IsEnd && stack is not null)
            {
                _work.Add(new GrammarThread(stack.Node, stack.Below));
            }
            else if (node.IsEnd)
            {
                _isComplete = true;
            }
        }
    }

    private GrammarState Finish()
    {
        if (_threads.Count == 0 && !_isComplete)
        {
            return GrammarState.Dead;
        }

        if (_threads.Count > VocabularyGrammar.MaxThreads)
        {
            throw TooAmbiguous();
        }

        var key = new long[_threads.Count + 1];
        for (int i = 0; i < _threads.Count; i++)
        {
            key[i] = ((long)_threads[i].Node << 32) | (uint)(_threads[i].Stack?.Id ?? 0);
        }

        GrammarThread[] threads = [.. _threads];
        Array.Sort(key, threads, 0, threads.Length);
        key[^1] = _isComplete ? -1 : -2;
        if (!_states.TryGetValue(key, out GrammarState? state))
        {
            state = new GrammarState(threads, _isComplete, network.ClassCount);
            _states.Add(key, state);
        }

        return state;
    }

    private ReturnStack Push(int node, ReturnStack? below)
    {
        if (!_stacks.TryGetValue((node, below?.Id ?? 0), out ReturnStack? stack))
        {
            stack = new ReturnStack(node, below, ++_stackIds);
            _stacks.Add((node, below?.Id ?? 0), stack);
        }

        return stack;
    }

    private static bool HasTwin(GrammarThread thread, int[] twins)
    {
        bool has = twins[thread.Node] != thread.Node;
        for (ReturnStack? stack = thread.Stack; !has && stack is not null; stack = stack.Below)
        {
            has = twins[stack.Node] != stack.Node;
        }

        return has;
    }

    private ReturnStack? TwinOf(ReturnStack? stack, int[] twins)
    {
        var nodes = new Stack<int>();
        for (; stack is not null; stack = stack.Below)
        {
            nodes.Push(twins[stack.Node]);
        }

        ReturnStack? twin = null;
        while (nodes.TryPop(out int node))
        {
            twin = Push(node, twin);
        }

        return twin;
    }

    private static GrammarException TooAmbiguous() =>
        new("grammar", $"at most {VocabularyGrammar.MaxThreads} ways to read a text at once", "more; write it with fewer overlapping alternatives");

    private sealed class KeyComparer : IEqualityComparer<long[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(long[] key)
        {
            var hash = new HashCode();
            foreach (long part in key)
            {
                hash.Add(part);
            }

            return hash.ToHashCode();
        }
    }
}
