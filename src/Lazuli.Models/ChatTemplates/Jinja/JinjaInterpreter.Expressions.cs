namespace Lazuli.Models;

internal sealed partial class JinjaInterpreter
{
    private object? Evaluate(JinjaNode node, JinjaScope scope)
    {
        _run.Step();
        _run.At = node.At;
        _run.Enter();
        object? value = node switch
        {
            LiteralNode literal => literal.Value,
            NameNode name => Look(name, scope),
            ListNode list => new JinjaList(EvaluateAll(list.Items, scope), list.IsTuple),
            DictNode dict => EvaluateDict(dict, scope),
            ConditionalNode choice => JinjaValues.IsTrue(Evaluate(choice.Test, scope)) ? Evaluate(choice.Then, scope)
                : choice.Else is { } otherwise ? Evaluate(otherwise, scope) : new JinjaUndefined("the value of an if without else"),
            UnaryNode unary => EvaluateUnary(unary, scope),
            BinaryNode binary => EvaluateBinary(binary, scope),
            LogicalNode logical => EvaluateLogical(logical, scope),
            CompareNode compare => EvaluateCompare(compare, scope),
            ConcatNode concat => EvaluateConcat(concat, scope),
            AttributeNode attribute => EvaluateAttribute(attribute, scope),
            ItemNode item => EvaluateItem(item, scope),
            SliceNode slice => EvaluateSlice(slice, scope),
            CallNode call => EvaluateCall(call, scope),
            FilterNode filter => ApplyFilter(filter, Evaluate(filter.Target!, scope), scope),
            TestNode test => EvaluateTest(test, scope),
            _ => throw _run.Fail("an expression", node.GetType().Name),
        };
        _run.Leave();
        return value;
    }

    private static object? Look(NameNode node, JinjaScope scope) =>
        scope.TryGet(node.Name, out object? value) ? value : JinjaGlobals.Find(node.Name) ?? (object)new JinjaUndefined($"'{node.Name}', which is not defined");

    private List<object?> EvaluateAll(IReadOnlyList<JinjaNode> nodes, JinjaScope scope)
    {
        var values = new List<object?>(nodes.Count);
        foreach (JinjaNode node in nodes)
        {
            values.Add(Evaluate(node, scope));
        }

        return values;
    }

    private JinjaDict EvaluateDict(DictNode node, JinjaScope scope)
    {
        var dict = new JinjaDict();
        foreach ((JinjaNode keyNode, JinjaNode valueNode) in node.Items)
        {
            object? key = Evaluate(keyNode, scope);
            if (!JinjaDict.IsKey(key))
            {
                _run.At = keyNode.At;
                throw _run.Fail("a string, number, boolean or none as key", JinjaValues.Describe(key));
            }

            dict.Set(key, Evaluate(valueNode, scope));
        }

        return dict;
    }

    private object? EvaluateUnary(UnaryNode node, JinjaScope scope)
    {
        object? value = Evaluate(node.Operand, scope);
        _run.At = node.At;
        return node.Operator switch
        {
            "not" => !JinjaValues.IsTrue(value),
            "-" => JinjaOperators.Negate(_run, value),
            _ => JinjaValues.IsNumber(value) ? value : throw _run.Fail("a number", JinjaValues.Describe(value)),
        };
    }

    private object EvaluateBinary(BinaryNode node, JinjaScope scope)
    {
        object? left = Evaluate(node.Left, scope);
        object? right = Evaluate(node.Right, scope);
        _run.At = node.At;
        return JinjaOperators.Apply(_run, node.Operator, left, right);
    }

    private object? EvaluateLogical(LogicalNode node, JinjaScope scope)
    {
        object? left = Evaluate(node.Left, scope);
        return JinjaValues.IsTrue(left) == node.IsAnd ? Evaluate(node.Right, scope) : left;
    }

    private object EvaluateCompare(CompareNode node, JinjaScope scope)
    {
        object? left = Evaluate(node.First, scope);
        foreach ((string symbol, JinjaNode operand) in node.Rest)
        {
            object? right = Evaluate(operand, scope);
            _run.At = node.At;
            if (!JinjaOperators.Compare(_run, symbol, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private JinjaText EvaluateConcat(ConcatNode node, JinjaScope scope)
    {
        var builder = new JinjaTextBuilder();
        foreach (JinjaNode part in node.Parts)
        {
            JinjaText text = JinjaValues.ToText(_run, Evaluate(part, scope));
            _run.Made(text.Length);
            _run.CheckOutput((long)builder.Length + text.Length);
            builder.Append(text);
        }

        return builder.ToText();
    }

    private object? EvaluateAttribute(AttributeNode node, JinjaScope scope)
    {
        object? target = Evaluate(node.Target, scope);
        _run.At = node.At;
        return JinjaAccess.Attribute(_run, target, node.Name);
    }

    private object? EvaluateItem(ItemNode node, JinjaScope scope)
    {
        object? target = Evaluate(node.Target, scope);
        object? key = Evaluate(node.Key, scope);
        _run.At = node.At;
        return JinjaAccess.Item(_run, target, key);
    }

    private object EvaluateSlice(SliceNode node, JinjaScope scope)
    {
        object? target = Evaluate(node.Target, scope);
        long? start = Bound(node.Start, scope);
        long? stop = Bound(node.Stop, scope);
        long? step = Bound(node.Step, scope);
        _run.At = node.At;
        return JinjaAccess.Slice(_run, target, start, stop, step);
    }

    private long? Bound(JinjaNode? node, JinjaScope scope) =>
        node is not null && Evaluate(node, scope) is { } value ? JinjaArgument.Integer(_run, value) : null;

    private object? EvaluateCall(CallNode node, JinjaScope scope)
    {
        object? callee = Evaluate(node.Callee, scope);
        JinjaCall call = EvaluateArguments(node.Arguments, scope);
        _run.At = node.At;
        return callee is JinjaCallable function ? function.Invoke(_run, call) : throw _run.Fail("something that can be called", JinjaValues.Describe(callee));
    }

    /// <summary>A chain of filters whose innermost works on <paramref name="captured"/>.</summary>
    private object? EvaluateFilter(JinjaNode node, JinjaText captured, JinjaScope scope)
    {
        var filter = (FilterNode)node;
        _run.Enter();
        object? value = ApplyFilter(filter, filter.Target is null ? captured : EvaluateFilter(filter.Target, captured, scope), scope);
        _run.Leave();
        return value;
    }

    private object? ApplyFilter(FilterNode node, object? value, JinjaScope scope)
    {
        JinjaCall call = EvaluateArguments(node.Arguments, scope);
        _run.At = node.At;
        return node.Filter.Apply(_run, value, call);
    }

    private object EvaluateTest(TestNode node, JinjaScope scope)
    {
        object? value = Evaluate(node.Target, scope);
        JinjaCall call = EvaluateArguments(node.Arguments, scope);
        _run.At = node.At;
        return JinjaTests.Holds(_run, node.Test, value, call.Positional) != node.IsNegated;
    }

    private JinjaCall EvaluateArguments(JinjaArguments arguments, JinjaScope scope)
    {
        if (arguments.Positional.Count + arguments.Named.Count == 0)
        {
            return JinjaCall.None;
        }

        var named = new (string, object?)[arguments.Named.Count];
        object?[] positional = [.. EvaluateAll(arguments.Positional, scope)];
        for (int i = 0; i < named.Length; i++)
        {
            named[i] = (arguments.Named[i].Name, Evaluate(arguments.Named[i].Value, scope));
        }

        return new JinjaCall(positional, named);
    }
}
