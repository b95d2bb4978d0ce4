namespace Lazuli.Models;

/// <summary>A node of a parsed template: immutable; <paramref name="At"/> is its offset in the source.</summary>
internal abstract record JinjaNode(int At);

internal sealed record JinjaArguments(IReadOnlyList<JinjaNode> Positional, IReadOnlyList<(string Name, JinjaNode Value)> Named)
{
    public static JinjaArguments None { get; } = new([], []);
}

internal sealed record LiteralNode(int At, object? Value) : JinjaNode(At);

internal sealed record NameNode(int At, string Name) : JinjaNode(At);

internal sealed record ListNode(int At, IReadOnlyList<JinjaNode> Items, bool IsTuple) : JinjaNode(At);

internal sealed record DictNode(int At, IReadOnlyList<(JinjaNode Key, JinjaNode Value)> Items) : JinjaNode(At);

internal sealed record ConditionalNode(int At, JinjaNode Test, JinjaNode Then, JinjaNode? Else) : JinjaNode(At);

internal sealed record UnaryNode(int At, string Operator, JinjaNode Operand) : JinjaNode(At);

internal sealed record BinaryNode(int At, string Operator, JinjaNode Left, JinjaNode Right) : JinjaNode(At);

/// <summary><c>and</c> or <c>or</c>: answers an operand, and leaves the second alone where the first decides.</summary>
internal sealed record LogicalNode(int At, bool IsAnd, JinjaNode Left, JinjaNode Right) : JinjaNode(At);

/// <summary><c>a &lt; b &lt;= c</c>: every neighbouring pair holds.</summary>
internal sealed record CompareNode(int At, JinjaNode First, IReadOnlyList<(string Operator, JinjaNode Operand)> Rest) : JinjaNode(At);

internal sealed record ConcatNode(int At, IReadOnlyList<JinjaNode> Parts) : JinjaNode(At);

internal sealed record AttributeNode(int At, JinjaNode Target, string Name) : JinjaNode(At);

internal sealed record ItemNode(int At, JinjaNode Target, JinjaNode Key) : JinjaNode(At);

internal sealed record SliceNode(int At, JinjaNode Target, JinjaNode? Start, JinjaNode? Stop, JinjaNode? Step) : JinjaNode(At);

internal sealed record CallNode(int At, JinjaNode Callee, JinjaArguments Arguments) : JinjaNode(At);

/// <summary>A filter; without a target it works on what the block around it wrote.</summary>
internal sealed record FilterNode(int At, JinjaNode? Target, JinjaFilter Filter, JinjaArguments Arguments) : JinjaNode(At);

internal sealed record TestNode(int At, JinjaNode Target, JinjaTest Test, JinjaArguments Arguments, bool IsNegated) : JinjaNode(At);

internal sealed record TextNode(int At, JinjaText Text) : JinjaNode(At);

internal sealed record PrintNode(int At, JinjaNode Value) : JinjaNode(At);

internal sealed record IfNode(int At, IReadOnlyList<(JinjaNode Test, IReadOnlyList<JinjaNode> Body)> Branches, IReadOnlyList<JinjaNode> Else) : JinjaNode(At);

internal sealed record ForNode(int At, JinjaNode Target, JinjaNode Items, JinjaNode? Filter, IReadOnlyList<JinjaNode> Body, IReadOnlyList<JinjaNode> Else) : JinjaNode(At);

/// <summary><paramref name="Target"/> is a name, a tuple of names, or an attribute of a namespace.</summary>
internal sealed record SetNode(int At, JinjaNode Target, JinjaNode Value) : JinjaNode(At);

internal sealed record SetBlockNode(int At, JinjaNode Target, JinjaNode? Filter, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

internal sealed record FilterBlockNode(int At, JinjaNode Filter, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

internal sealed record WithNode(int At, IReadOnlyList<(JinjaNode Target, JinjaNode Value)> Values, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

internal sealed record MacroNode(int At, string Name, IReadOnlyList<(string Name, JinjaNode? Default)> Parameters, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

/// <summary>Leaves the loop, or with <paramref name="Continues"/> only the pass.</summary>
internal sealed record LeaveNode(int At, bool Continues) : JinjaNode(At);
