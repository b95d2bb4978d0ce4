namespace Lazuli.Inference;

/// <summary>Lays rules out as a network, cuts off what can never end, and refuses what has no end or no beginning.</summary>
/// <remarks>
/// Laying an expression out between two nodes only adds edges out of the first, edges into the second, and new nodes, so expressions can share both.
/// Repetitions are written out; the bound on nodes is what keeps <c>x{1,1000}{1,1000}</c> out.
/// </remarks>
internal sealed class GrammarNetworkBuilder(string place)
{
    /// <summary>Nodes of one grammar.</summary>
    public const int MaxNodes = 200_000;

    private readonly List<NetworkNode> _nodes = [];
    private readonly List<(int Start, int End)> _rules = [];
    private readonly List<string> _names = [];
    private readonly List<bool> _readsSomething = [];
    private readonly List<RepeatedNodes> _repeats = [];

    /// <summary>A rule to be laid out later; calls may name it at once.</summary>
    public int Declare(string name)
    {
        _rules.Add((NewNode(), NewNode()));
        _names.Add(name);
        _readsSomething.Add(false);
        _nodes[_rules[^1].End].IsEnd = true;
        return _rules.Count - 1;
    }

    public void Define(int rule, GrammarExpression expression)
    {
        LayOut(expression, _rules[rule].Start, _rules[rule].End);
        _readsSomething[rule] = ReadsSomething(expression);
    }

    /// <summary>A declared and defined rule.</summary>
    public int Add(string name, GrammarExpression expression)
    {
        int rule = Declare(name);
        Define(rule, expression);
        return rule;
    }

    /// <exception cref="GrammarException">No text matches, or a rule calls itself before it reads anything.</exception>
    public GrammarNetwork Build(int startRule)
    {
        bool[] ends = NodesThatEnd(withBytes: true);
        if (!ends[_rules[startRule].Start])
        {
            throw new GrammarException(place, "a grammar that some text matches", "one that cannot be met");
        }

        for (int i = 0; i < _nodes.Count; i++)
        {
            NetworkNode node = _nodes[i];
            node.Bytes.RemoveAll(edge => !ends[edge.To]);
            node.Skips.RemoveAll(to => !ends[to]);
            node.Calls.RemoveAll(call => !ends[call.To] || !ends[_rules[call.Rule].Start]);
        }

        RefuseLeftRecursion();
        return new GrammarNetwork([.. _nodes], [.. _rules.Select(rule => rule.Start)], startRule, _repeats);
    }

    private int NewNode()
    {
        if (_nodes.Count >= MaxNodes)
        {
            throw new GrammarException(place, $"a grammar of at most {MaxNodes} states", "more; repetitions multiply");
        }

        _nodes.Add(new NetworkNode());
        return _nodes.Count - 1;
    }

    private void LayOut(GrammarExpression expression, int from, int to)
    {
        switch (expression)
        {
            case BytesExpression { Bytes: var bytes }:
                for (int i = 0; i < bytes.Length; i++)
                {
                    int next = i == bytes.Length - 1 ? to : NewNode();
                    _nodes[from].Bytes.Add(new ByteEdge(bytes[i], bytes[i], next));
                    from = next;
                }

                if (bytes.Length == 0)
                {
                    _nodes[from].Skips.Add(to);
                }

                break;
            case CharactersExpression { Set: var set }:
                LayOutCharacters(set, from, to);
                break;
            case SequenceExpression { Parts: var parts }:
                for (int i = 0; i < parts.Count; i++)
                {
                    int next = i == parts.Count - 1 ? to : NewNode();
                    LayOut(parts[i], from, next);
                    from = next;
                }

                if (parts.Count == 0)
                {
                    _nodes[from].Skips.Add(to);
                }

                break;
            case ChoiceExpression { Options: var options }:
                foreach (GrammarExpression option in options)
                {
                    LayOut(option, from, to);
                }

                break;
            case RepeatExpression repeat:
                LayOutRepeat(repeat, from, to);
                break;
            case RuleExpression { Rule: var rule }:
                _nodes[from].Calls.Add(new CallEdge(rule, to));
                break;
            case MembersExpression members:
                LayOutMembers(members, from, to);
                break;
            default:
                throw new ArgumentException($"Unknown expression {expression.GetType().Name}.", nameof(expression));
        }
    }

    private void LayOutRepeat(RepeatExpression repeat, int from, int to)
    {
        int first = _nodes.Count;
        int count = Math.Max(repeat.Min, repeat.Max ?? 0);
        for (int i = 0; i < repeat.Min; i++)
        {
            int next = NewNode();
            LayOut(repeat.Part, from, next);
            from = next;
        }

        if (repeat.Max is not int max)
        {
            Remember(repeat, first, count);
            int loop = NewNode();
            _nodes[from].Skips.Add(loop);
            LayOut(repeat.Part, loop, loop);
            _nodes[loop].Skips.Add(to);
            return;
        }

        for (int i = repeat.Min; i < max; i++)
        {
            int next = NewNode();
            _nodes[from].Skips.Add(to);
            LayOut(repeat.Part, from, next);
            from = next;
        }

        _nodes[from].Skips.Add(to);
        Remember(repeat, first, count);
    }

    /// <summary>Copies are laid out alike, one after another; where each reads something, those far from the end are all the same to a token.</summary>
    private void Remember(RepeatExpression repeat, int first, int count)
    {
        if (count > RepeatedNodes.Few && ReadsSomething(repeat.Part))
        {
            _repeats.Add(new RepeatedNodes(first, (_nodes.Count - first) / count, repeat.Min, repeat.Max));
        }
    }

    /// <summary>Whether no text of the expression is empty; false where that is not known yet.</summary>
    private bool ReadsSomething(GrammarExpression expression) => expression switch
    {
        BytesExpression { Bytes: var bytes } => bytes.Length > 0,
        CharactersExpression => true,
        SequenceExpression { Parts: var parts } => parts.Any(ReadsSomething),
        ChoiceExpression { Options: var options } => options.All(ReadsSomething),
        RepeatExpression repeat => repeat.Min > 0 && ReadsSomething(repeat.Part),
        RuleExpression { Rule: var rule } => _readsSomething[rule],
        _ => false,
    };

    private void LayOutMembers(MembersExpression expression, int from, int to)
    {
        int nothingYet = from;
        int something = NewNode();
        bool canBeNothing = true;
        foreach ((GrammarExpression member, bool isRequired) in expression.Members)
        {
            int begin = NewNode();
            int after = NewNode();
            if (canBeNothing)
            {
                _nodes[nothingYet].Skips.Add(begin);
            }

            LayOut(expression.Separator, something, begin);
            LayOut(member, begin, after);
            if (isRequired)
            {
                canBeNothing = false;
            }
            else
            {
                _nodes[something].Skips.Add(after);
                if (canBeNothing)
                {
                    int still = NewNode();
                    _nodes[nothingYet].Skips.Add(still);
                    nothingYet = still;
                }
            }

            something = after;
        }

        _nodes[something].Skips.Add(to);
        if (canBeNothing)
        {
            _nodes[nothingYet].Skips.Add(to);
        }
    }

    /// <summary>Characters as their UTF-8 bytes: ranges of equal length whose bytes vary like digits.</summary>
    private void LayOutCharacters(CharacterSet set, int from, int to)
    {
        Span<int> lasts = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];
        foreach ((int first, int last) in set.Ranges)
        {
            int begin = first;
            for (int length = 1; length <= 4 && begin <= last; length++)
            {
                int end = Math.Min(last, lasts[length - 1]);
                if (begin <= end)
                {
                    LayOutBytes(Encoded(begin, length), Encoded(end, length), from, to);
                    begin = end + 1;
                }
            }
        }
    }

    private void LayOutBytes(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, int from, int to)
    {
        if (first.Length == 1)
        {
            _nodes[from].Bytes.Add(new ByteEdge(first[0], last[0], to));
            return;
        }

        if (first[0] == last[0])
        {
            LayOutBytes(first[1..], last[1..], Step(from, first[0], first[0]), to);
            return;
        }

        Span<byte> lowest = stackalloc byte[first.Length - 1];
        Span<byte> highest = stackalloc byte[first.Length - 1];
        lowest.Fill(0x80);
        highest.Fill(0xBF);
        byte begin = first[0];
        byte end = last[0];
        if (!first[1..].SequenceEqual(lowest))
        {
            LayOutBytes(first[1..], highest, Step(from, begin, begin), to);
            begin++;
        }

        if (!last[1..].SequenceEqual(highest))
        {
            LayOutBytes(lowest, last[1..], Step(from, end, end), to);
            end--;
        }

        if (begin <= end)
        {
            LayOutBytes(lowest, highest, Step(from, begin, end), to);
        }
    }

    private int Step(int from, byte first, byte last)
    {
        int next = NewNode();
        _nodes[from].Bytes.Add(new ByteEdge(first, last, next));
        return next;
    }

    private static byte[] Encoded(int character, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = length - 1; i > 0; i--)
        {
            bytes[i] = (byte)(0x80 | (character & 0x3F));
            character >>= 6;
        }

        bytes[0] = (byte)(length == 1 ? character : (0xF00 >> length & 0xFF) | character);
        return bytes;
    }

    /// <summary>For each node, whether its rule's end can be reached: by finite text, or without reading anything.</summary>
    private bool[] NodesThatEnd(bool withBytes)
    {
        var before = new List<int>[_nodes.Count];
        var callsBefore = new List<(int From, int Rule)>[_nodes.Count];
        for (int i = 0; i < _nodes.Count; i++)
        {
            foreach (int to in _nodes[i].Skips.Concat(withBytes ? _nodes[i].Bytes.Select(edge => edge.To) : []))
            {
                (before[to] ??= []).Add(i);
            }

            foreach (CallEdge call in _nodes[i].Calls)
            {
                (callsBefore[call.To] ??= []).Add((i, call.Rule));
            }
        }

        var ends = new bool[_nodes.Count];
        var waiting = new List<int>[_rules.Count];
        var ruleOfStart = _rules.Select((rule, index) => (rule.Start, index)).ToDictionary(pair => pair.Start, pair => pair.index);
        var work = new Stack<int>();
        foreach ((_, int end) in _rules)
        {
            Mark(end);
        }

        while (work.TryPop(out int node))
        {
            before[node]?.ForEach(Mark);
            foreach ((int from, int rule) in callsBefore[node] ?? [])
            {
                if (ends[_rules[rule].Start])
                {
                    Mark(from);
                }
                else
                {
                    (waiting[rule] ??= []).Add(from);
                }
            }

            if (ruleOfStart.TryGetValue(node, out int started))
            {
                waiting[started]?.ForEach(Mark);
            }
        }

        return ends;

        void Mark(int node)
        {
            if (!ends[node])
            {
                ends[node] = true;
                work.Push(node);
            }
        }
    }

    /// <summary>A rule that calls itself before it has read a byte would be called for ever.</summary>
    private void RefuseLeftRecursion()
    {
        bool[] endsAtOnce = NodesThatEnd(withBytes: false);
        bool[] isEmpty = [.. _rules.Select(rule => endsAtOnce[rule.Start])];
        var state = new byte[_rules.Count]; // 0 not seen, 1 open, 2 done
        var open = new Stack<(int Rule, IEnumerator<int> Calls)>();
        for (int first = 0; first < _rules.Count; first++)
        {
            Open(first);
            while (open.TryPeek(out (int Rule, IEnumerator<int> Calls) top))
            {
                if (top.Calls.MoveNext())
                {
                    if (state[top.Calls.Current] == 1)
                    {
                        throw new GrammarException(place, "rules that read something before they call themselves", $"'{_names[top.Calls.Current]}', which calls itself at once");
                    }

                    Open(top.Calls.Current);
                }
                else
                {
                    state[top.Rule] = 2;
                    open.Pop();
                }
            }
        }

        void Open(int rule)
        {
            if (state[rule] == 0)
            {
                state[rule] = 1;
                open.Push((rule, FirstCalls(rule, isEmpty).GetEnumerator()));
            }
        }
    }

    /// <summary>The rules that can be called before the first byte of a rule; with a skip over those that may be empty.</summary>
    private HashSet<int> FirstCalls(int rule, bool[] isEmpty)
    {
        var calls = new HashSet<int>();
        var seen = new HashSet<int> { _rules[rule].Start };
        var work = new Stack<int>(seen);
        while (work.TryPop(out int node))
        {
            calls.UnionWith(_nodes[node].Calls.Select(call => call.Rule));
            foreach (int next in _nodes[node].Skips.Concat(_nodes[node].Calls.Where(call => isEmpty[call.Rule]).Select(call => call.To)).Where(seen.Add))
            {
                work.Push(next);
            }
        }

        return calls;
    }
}
