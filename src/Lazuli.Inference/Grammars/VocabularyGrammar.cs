namespace Lazuli.Inference;

/// <summary>A grammar for the tokens of one model: the states met so far and the tokens that each lets come next. Shared by all sequences; thread-safe.</summary>
/// <remarks>
/// <para>States are sets of (node, return stack), made when first reached and kept; walking them is one look-up a byte. The tokens of a state are found by one pass over the
/// vocabulary's trie that leaves out what cannot come and takes in whole, unread, the branches whose bytes all lead back to the same state (as in the middle of a string).
/// States that no common token can tell apart (character 100 and character 200 of at most 1,000) share one mask; the few longest tokens are looked at one by one.</para>
/// <para>What is kept is bounded: past <see cref="MaxStates"/> states or <see cref="MaxMaskBytes"/> of masks the caches are emptied; sequences that run keep the states they stand at.</para>
/// </remarks>
public sealed class VocabularyGrammar
{
    internal const int MaxStates = 20_000;
    internal const long MaxMaskBytes = 64 << 20;

    /// <summary>Threads of one state: more means that the grammar can read a text in that many ways at once.</summary>
    internal const int MaxThreads = 2_048;

    /// <summary>States that one mask may add; more means a grammar whose automaton explodes.</summary>
    internal const int MaxStatesOfMask = 10_000;

    private readonly GrammarNetwork _network;
    private readonly GrammarVocabulary _vocabulary;
    private readonly Lock _gate = new();
    private readonly StateTable _states;
    private readonly GrammarState[] _path;
    private readonly int[] _twins;
    private readonly int[] _commonTwins;
    private long _maskBytes;

    internal VocabularyGrammar(GrammarNetwork network, GrammarVocabulary vocabulary)
    {
        _network = network;
        _vocabulary = vocabulary;
        _states = new StateTable(network);
        _path = new GrammarState[vocabulary.Depth + 1];
        _twins = network.Twins(vocabulary.Depth);
        _commonTwins = network.Twins(vocabulary.CommonDepth);
        Start = _states.Start();
        _ = MaskOf(Start); // a grammar that explodes at once is refused here
    }

    /// <summary>The vocabulary.</summary>
    public GrammarVocabulary Vocabulary => _vocabulary;

    /// <summary>The state before any text.</summary>
    internal GrammarState Start { get; private set; }

    /// <summary>A matcher at the beginning of a text.</summary>
    public GrammarMatcher NewMatcher() => new(this);

    /// <summary>The tokens that can come next.</summary>
    /// <exception cref="GrammarException">The grammar is too ambiguous for the bounds here.</exception>
    internal ulong[] MaskOf(GrammarState state)
    {
        if (state.Mask is { } mask)
        {
            return mask;
        }

        lock (_gate)
        {
            EmptyWhenFull();
            return state.Mask ??= MaskOfTwins(state);
        }
    }

    /// <summary>The state after bytes, or <see cref="GrammarState.Dead"/>.</summary>
    /// <exception cref="GrammarException">The grammar is too ambiguous for the bounds here.</exception>
    internal GrammarState After(GrammarState state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            GrammarState? next = state.Next.Length == 0 ? GrammarState.Dead : state.Next[_network.ClassOf[value]];
            if (next is null)
            {
                lock (_gate)
                {
                    EmptyWhenFull();
                    next = Follow(state, _network.ClassOf[value]);
                }
            }

            state = next;
        }

        return state;
    }

    private GrammarState Follow(GrammarState state, byte byteClass) =>
        state.Next.Length == 0 ? state : state.Next[byteClass] ?? _states.After(state, byteClass);

    /// <summary>The mask of a state that no token tells from this one; failing that, of one that no common token does.</summary>
    private ulong[] MaskOfTwins(GrammarState state)
    {
        GrammarState twin = _states.TwinOf(state, _twins);
        if (twin.Mask is { } mask)
        {
            return mask;
        }

        GrammarState common = _states.TwinOf(twin, _commonTwins);
        mask = common.Mask ?? MakeMask(common);
        return twin.Mask = ReferenceEquals(common, twin) ? mask : WithLongTokens(twin, mask);
    }

    private ulong[] MakeMask(GrammarState state)
    {
        int statesBefore = _states.Count;
        var mask = new ulong[_vocabulary.MaskLength];
        ReadOnlySpan<GrammarVocabulary.TrieNode> nodes = _vocabulary.Nodes;
        ReadOnlySpan<ByteSet> below = _vocabulary.BytesBelow;
        ReadOnlySpan<byte> classOf = _network.ClassOf;
        ReadOnlySpan<int> tokens = _vocabulary.Tokens;
        _path[0] = state;
        for (int i = 0; i < nodes.Length;)
        {
            ref readonly GrammarVocabulary.TrieNode node = ref nodes[i];
            GrammarState next = Follow(_path[node.Depth], classOf[node.Value]);
            if (ReferenceEquals(next, GrammarState.Dead))
            {
                i = node.End;
                continue;
            }

            if (node.End - i > 1 && ReferenceEquals(Follow(next, classOf[nodes[i + 1].Value]), next) && below[i].IsWithin(LoopsOf(next)))
            {
                Allow(mask, tokens[node.FirstToken..node.EndToken]);
                i = node.End;
                continue;
            }

            Allow(mask, tokens[node.FirstToken..node.FirstTokenBelow]);
            _path[node.Depth + 1] = next;
            i++;
            if (_states.Count - statesBefore > MaxStatesOfMask)
            {
                throw new GrammarException("grammar", $"at most {MaxStatesOfMask} states within one token", "more: it can read a text in too many ways");
            }
        }

        if (state.IsComplete)
        {
            Allow(mask, _vocabulary.EndIds);
        }

        Array.Clear(_path);
        _maskBytes += mask.Length * sizeof(ulong);
        state.Mask = mask;
        return mask;
    }

    /// <summary>A twin's mask holds for all but the longest tokens, which are looked at one by one.</summary>
    private ulong[] WithLongTokens(GrammarState state, ulong[] twin)
    {
        ulong[] mask = twin;
        foreach (int id in _vocabulary.LongTokens)
        {
            GrammarState next = state;
            foreach (byte value in _vocabulary.BytesOf(id))
            {
                next = Follow(next, _network.ClassOf[value]);
            }

            ulong bit = ReferenceEquals(next, GrammarState.Dead) ? 0 : 1UL << (id & 63);
            if ((mask[id >> 6] & (1UL << (id & 63))) != bit)
            {
                if (ReferenceEquals(mask, twin))
                {
                    mask = [.. twin];
                    _maskBytes += mask.Length * sizeof(ulong);
                }

                mask[id >> 6] ^= 1UL << (id & 63);
            }
        }

        return mask;
    }

    private static void Allow(ulong[] mask, ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            mask[id >> 6] |= 1UL << (id & 63);
        }
    }

    /// <summary>The bytes that lead from a state to itself.</summary>
    private ByteSet LoopsOf(GrammarState state)
    {
        if (state.Loops is { } known)
        {
            return known;
        }

        ByteSet loops = ByteSet.Empty;
        for (int value = 0; value < 256; value++)
        {
            if (ReferenceEquals(Follow(state, _network.ClassOf[value]), state))
            {
                loops = loops.With((byte)value);
            }
        }

        state.Loops = loops;
        return loops;
    }

    private void EmptyWhenFull()
    {
        if (_states.Count > MaxStates || _maskBytes > MaxMaskBytes)
        {
            _states.Empty();
            Start = _states.Start(); // the old one holds on to all that was reached from it
            _maskBytes = 0;
        }
    }
}
