namespace Lazuli.Models;

/// <summary>Runs a parsed template once: statements here, expressions in the other part.</summary>
internal sealed partial class JinjaInterpreter
{
    private readonly JinjaRun _run;
    private JinjaTextBuilder _output = new();

    private JinjaInterpreter(JinjaRun run) => _run = run;

    private enum Flow
    {
        Goes,
        Breaks,
        Continues,
    }

    public static JinjaText Render(IReadOnlyList<JinjaNode> body, JinjaRun run, IEnumerable<KeyValuePair<string, object?>> values)
    {
        var scope = new JinjaScope(null);
        foreach ((string name, object? value) in values)
        {
            scope.Set(name, value);
        }

        var interpreter = new JinjaInterpreter(run);
        interpreter.Execute(body, scope);
        return interpreter._output.ToText();
    }

    private Flow Execute(IReadOnlyList<JinjaNode> body, JinjaScope scope)
    {
        foreach (JinjaNode node in body)
        {
            _run.Step();
            _run.At = node.At;
            _run.Enter();
            Flow flow = Execute(node, scope);
            _run.Leave();
            if (flow != Flow.Goes)
            {
                return flow;
            }
        }

        return Flow.Goes;
    }

    private Flow Execute(JinjaNode node, JinjaScope scope)
    {
        switch (node)
        {
            case TextNode text:
                Write(text.Text);
                return Flow.Goes;
            case PrintNode print:
                Write(JinjaValues.ToText(_run, Evaluate(print.Value, scope)));
                return Flow.Goes;
            case IfNode choice:
                foreach ((JinjaNode test, IReadOnlyList<JinjaNode> branch) in choice.Branches)
                {
                    if (JinjaValues.IsTrue(Evaluate(test, scope)))
                    {
                        return Execute(branch, scope);
                    }
                }

                return Execute(choice.Else, scope);
            case ForNode loop:
                return ExecuteFor(loop, scope);
            case SetNode set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return Flow.Goes;
            case SetBlockNode set:
                JinjaText captured = Capture(set.Body, new JinjaScope(scope));
                Assign(set.Target, set.Filter is null ? captured : EvaluateFilter(set.Filter, captured, scope), scope);
                return Flow.Goes;
            case FilterBlockNode block:
                Write(JinjaValues.ToText(_run, EvaluateFilter(block.Filter, Capture(block.Body, new JinjaScope(scope)), scope)));
                return Flow.Goes;
            case WithNode with:
                return ExecuteWith(with, scope);
            case MacroNode macro:
                scope.Set(macro.Name, new JinjaCallable(macro.Name, (_, call) => Call(macro, call, scope)));
                return Flow.Goes;
            case LeaveNode leave:
                return leave.Continues ? Flow.Continues : Flow.Breaks;
            default:
                throw _run.Fail("a statement", node.GetType().Name);
        }
    }

    private Flow ExecuteFor(ForNode loop, JinjaScope scope)
    {
        List<object?> items = JinjaValues.Iterate(_run, Evaluate(loop.Items, scope));
        if (loop.Filter is not null)
        {
            items = Kept(loop, items, scope);
        }

        if (items.Count == 0)
        {
            return Execute(loop.Else, scope);
        }

        var position = new JinjaLoop(items, scope.LoopDepth + 1);
        for (int i = 0; i < items.Count; i++)
        {
            _run.At = loop.At;
            _run.CountIterations(1);
            position.Index = i;
            var inner = new JinjaScope(scope) { LoopDepth = scope.LoopDepth + 1 };
            inner.Set("loop", position);
            Assign(loop.Target, items[i], inner);
            if (Execute(loop.Body, inner) == Flow.Breaks)
            {
                break;
            }
        }

        return Flow.Goes;
    }

    private List<object?> Kept(ForNode loop, List<object?> items, JinjaScope scope)
    {
        var kept = new List<object?>();
        foreach (object? item in items)
        {
            _run.At = loop.At;
            _run.CountIterations(1);
            var inner = new JinjaScope(scope);
            Assign(loop.Target, item, inner);
            if (JinjaValues.IsTrue(Evaluate(loop.Filter!, inner)))
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    private Flow ExecuteWith(WithNode with, JinjaScope scope)
    {
        if (with.Values.Count == 0)
        {
            return Execute(with.Body, scope);
        }

        var inner = new JinjaScope(scope);
        foreach ((JinjaNode target, JinjaNode value) in with.Values)
        {
            Assign(target, Evaluate(value, scope), inner);
        }

        return Execute(with.Body, inner);
    }

    private void Assign(JinjaNode target, object? value, JinjaScope scope)
    {
        switch (target)
        {
            case NameNode name:
                scope.Set(name.Name, value);
                break;
            case AttributeNode { Target: NameNode name } attribute:
                _run.At = target.At;
                if (!scope.TryGet(name.Name, out object? space) || space is not JinjaNamespace found)
                {
                    throw _run.Fail($"'{name.Name}' to be a namespace", JinjaValues.Describe(space));
                }

                found.Attributes[attribute.Name] = value;
                break;
            case ListNode names:
                _run.At = target.At;
                List<object?> items = JinjaValues.Iterate(_run, value);
                if (items.Count != names.Items.Count)
                {
                    throw _run.Fail($"{names.Items.Count} values to unpack", $"{items.Count}");
                }

                for (int i = 0; i < items.Count; i++)
                {
                    Assign(names.Items[i], items[i], scope);
                }

                break;
            default:
                throw _run.Fail("a name to assign to", "something else");
        }
    }

    private JinjaText Capture(IReadOnlyList<JinjaNode> body, JinjaScope scope)
    {
        JinjaTextBuilder outer = _output;
        _output = new JinjaTextBuilder();
        Execute(body, scope); // a break cannot leave it: the parser lets one stand in a loop only, and the loop is outside or inside
        JinjaText text = _output.ToText();
        _output = outer;
        return text;
    }

    private JinjaText Call(MacroNode macro, JinjaCall call, JinjaScope definedIn)
    {
        string[] names = [.. macro.Parameters.Select(p => p.Name)];
        JinjaBound bound = new JinjaSignature(macro.Name, 0, names).Bind(_run, call);
        var scope = new JinjaScope(definedIn);
        for (int i = 0; i < names.Length; i++)
        {
            object? value = bound.Has(i) ? bound[i]
                : macro.Parameters[i].Default is { } otherwise ? Evaluate(otherwise, scope)
                : new JinjaUndefined($"the parameter '{names[i]}' without value");
            scope.Set(names[i], value);
        }

        return Capture(macro.Body, scope);
    }

    private void Write(JinjaText text)
    {
        _run.Made(text.Length);
        _run.CheckOutput((long)_output.Length + text.Length);
        _output.Append(text);
    }
}
