using System.Globalization;
using System.Text;

namespace Lazuli.Models;

internal sealed partial class JinjaParser
{
    /// <summary>An expression, or several with commas between, which are a tuple.</summary>
    private JinjaNode TupleOrExpression(bool withConditional = true)
    {
        int at = Current.At;
        JinjaNode first = withConditional ? Expression() : Or();
        if (!Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<JinjaNode> { first };
        while (Current.IsOperator(","))
        {
            _at++;
            if (Current.Kind is JinjaTokenKind.VariableEnd or JinjaTokenKind.BlockEnd || Current.IsOperator(")"))
            {
                break;
            }

            items.Add(withConditional ? Expression() : Or());
        }

        return new ListNode(at, items, IsTuple: true);
    }

    private JinjaNode Expression()
    {
        Enter();
        JinjaNode value = Or();
        while (Current.IsName("if"))
        {
            int at = Current.At;
            _at++;
            JinjaNode test = Or();
            JinjaNode? otherwise = null;
            if (Current.IsName("else"))
            {
                _at++;
                otherwise = Expression();
            }

            value = new ConditionalNode(at, test, value, otherwise);
        }

        _depth--;
        return value;
    }

    private JinjaNode Or()
    {
        JinjaNode left = And();
        while (Current.IsName("or"))
        {
            int at = Current.At;
            _at++;
            left = new LogicalNode(at, IsAnd: false, left, And());
        }

        return left;
    }

    private JinjaNode And()
    {
        JinjaNode left = Not();
        while (Current.IsName("and"))
        {
            int at = Current.At;
            _at++;
            left = new LogicalNode(at, IsAnd: true, left, Not());
        }

        return left;
    }

    private JinjaNode Not()
    {
        int at = Current.At;
        int count = 0;
        for (; Current.IsName("not"); count++)
        {
            _at++;
        }

        JinjaNode value = Compare();
        if (count == 0)
        {
            return value;
        }

        value = new UnaryNode(at, "not", value);
        return count % 2 == 1 ? value : new UnaryNode(at, "not", value);
    }

    private JinjaNode Compare()
    {
        int at = Current.At;
        JinjaNode first = Sum();
        List<(string, JinjaNode)>? rest = null;
        while (true)
        {
            string? found = null;
            if (Current.Kind == JinjaTokenKind.Operator && Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            {
                found = Current.Text;
            }
            else if (Current.IsName("in"))
            {
                found = "in";
            }
            else if (Current.IsName("not") && _tokens[_at + 1].IsName("in"))
            {
                found = "not in";
                _at++;
            }

            if (found is null)
            {
                return rest is null ? first : new CompareNode(at, first, rest);
            }

            _at++;
            (rest ??= []).Add((found, Sum()));
        }
    }

    private JinjaNode Sum()
    {
        JinjaNode left = Concat();
        while (Current.Kind == JinjaTokenKind.Operator && Current.Text is "+" or "-")
        {
            JinjaToken sign = Current;
            _at++;
            left = new BinaryNode(sign.At, sign.Text, left, Concat());
        }

        return left;
    }

    private JinjaNode Concat()
    {
        JinjaNode first = Product();
        if (!Current.IsOperator("~"))
        {
            return first;
        }

        int at = Current.At;
        var parts = new List<JinjaNode> { first };
        while (Current.IsOperator("~"))
        {
            _at++;
            parts.Add(Product());
        }

        return new ConcatNode(at, parts);
    }

    private JinjaNode Product()
    {
        JinjaNode left = Power();
        while (Current.Kind == JinjaTokenKind.Operator && Current.Text is "*" or "/" or "//" or "%")
        {
            JinjaToken sign = Current;
            _at++;
            left = new BinaryNode(sign.At, sign.Text, left, Power());
        }

        return left;
    }

    private JinjaNode Power()
    {
        JinjaNode left = Unary(withFilters: true);
        while (Current.IsOperator("**"))
        {
            int at = Current.At;
            _at++;
            left = new BinaryNode(at, "**", left, Unary(withFilters: true));
        }

        return left;
    }

    private JinjaNode Unary(bool withFilters)
    {
        JinjaNode value;
        JinjaToken token = Current;
        if (token.Kind == JinjaTokenKind.Operator && token.Text is "-" or "+")
        {
            _at++;
            Enter();
            value = new UnaryNode(token.At, token.Text, Unary(withFilters: false));
            _depth--;
        }
        else
        {
            value = Postfix(Primary());
        }

        return withFilters ? Filters(value) : value;
    }

    private JinjaNode Postfix(JinjaNode value)
    {
        while (Current.Kind == JinjaTokenKind.Operator)
        {
            int at = Current.At;
            switch (Current.Text)
            {
                case ".":
                    _at++;
                    value = Attribute(at, value);
                    break;
                case "[":
                    _at++;
                    value = Subscript(at, value);
                    break;
                case "(":
                    value = new CallNode(at, value, Arguments());
                    break;
                default:
                    return value;
            }
        }

        return value;
    }

    private JinjaNode Attribute(int at, JinjaNode value)
    {
        JinjaToken token = Current;
        _at++;
        return token.Kind switch
        {
            JinjaTokenKind.Name => new AttributeNode(at, value, token.Text),
            JinjaTokenKind.Integer => new ItemNode(at, value, Number(token)),
            _ => throw _source.Syntax(token.At, "the name of an attribute", token.Describe()),
        };
    }

    private JinjaNode Subscript(int at, JinjaNode value)
    {
        JinjaNode? start = Current.IsOperator(":") ? null : Expression();
        if (!Current.IsOperator(":"))
        {
            ExpectOperator("]");
            return new ItemNode(at, value, start!);
        }

        _at++;
        JinjaNode? stop = Current.IsOperator(":") || Current.IsOperator("]") ? null : Expression();
        JinjaNode? step = null;
        if (Current.IsOperator(":"))
        {
            _at++;
            step = Current.IsOperator("]") ? null : Expression();
        }

        ExpectOperator("]");
        return new SliceNode(at, value, start, stop, step);
    }

    private JinjaNode Filters(JinjaNode value)
    {
        while (true)
        {
            if (Current.IsOperator("|"))
            {
                _at++;
                value = Filter(value);
            }
            else if (Current.IsName("is"))
            {
                _at++;
                value = Test(value);
            }
            else if (Current.IsOperator("("))
            {
                value = new CallNode(Current.At, value, Arguments());
            }
            else
            {
                return value;
            }
        }
    }

    private FilterNode Filter(JinjaNode? value)
    {
        int at = Current.At;
        string name = NameOf("the name of a filter");
        JinjaFilter filter = JinjaFilters.Find(name) ?? throw _source.Syntax(at, "a filter that is supported (docs/reference/chat-templates.md lists them)", $"'{name}'");
        return new FilterNode(at, value, filter, Current.IsOperator("(") ? Arguments() : JinjaArguments.None);
    }

    private TestNode Test(JinjaNode value)
    {
        bool negated = Current.IsName("not");
        _at += negated ? 1 : 0;
        JinjaToken token = Current;
        JinjaTest test = (token.Kind == JinjaTokenKind.Name ? JinjaTests.Find(token.Text) : null)
            ?? throw _source.Syntax(token.At, "a test that is supported (docs/reference/chat-templates.md lists them)", token.Describe());
        _at++;
        JinjaArguments arguments = JinjaArguments.None;
        if (Current.IsOperator("("))
        {
            arguments = Arguments();
        }
        else if (test.Arguments > 0 && BeginsValue(Current))
        {
            arguments = new JinjaArguments([Postfix(Primary())], []);
        }

        return new TestNode(token.At, value, test, arguments, negated);
    }

    private static bool BeginsValue(JinjaToken token) => token.Kind switch
    {
        JinjaTokenKind.Name => token.Text is not ("else" or "or" or "and" or "if" or "in" or "is" or "not"),
        JinjaTokenKind.Text or JinjaTokenKind.Integer or JinjaTokenKind.Float => true,
        JinjaTokenKind.Operator => token.Text is "[" or "{",
        _ => false,
    };

    private JinjaArguments Arguments()
    {
        ExpectOperator("(");
        var positional = new List<JinjaNode>();
        var named = new List<(string, JinjaNode)>();
        while (!Current.IsOperator(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                ExpectOperator(",");
                if (Current.IsOperator(")"))
                {
                    break;
                }
            }

            if (Current.Kind == JinjaTokenKind.Name && _tokens[_at + 1].IsOperator("="))
            {
                string name = NameOf("the name of an argument");
                _at++;
                named.Add((name, Expression()));
            }
            else if (named.Count > 0)
            {
                throw Fail("named arguments after the first named one");
            }
            else
            {
                positional.Add(Expression());
            }
        }

        _at++;
        return new JinjaArguments(positional, named);
    }

    private JinjaNode Primary()
    {
        JinjaToken token = Current;
        _at++;
        switch (token.Kind)
        {
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new LiteralNode(token.At, true),
                    "false" or "False" => new LiteralNode(token.At, false),
                    "none" or "None" => new LiteralNode(token.At, null),
                    "and" or "or" or "if" or "else" or "in" or "is" => throw _source.Syntax(token.At, "a value", token.Describe()),
                    _ => new NameNode(token.At, token.Text),
                };
            case JinjaTokenKind.Text:
                return new LiteralNode(token.At, JinjaText.Written(Neighbours(token.Text)));
            case JinjaTokenKind.Integer or JinjaTokenKind.Float:
                return Number(token);
            case JinjaTokenKind.Operator when token.Text == "(":
                return Bracketed(token.At);
            case JinjaTokenKind.Operator when token.Text == "[":
                return List(token.At);
            case JinjaTokenKind.Operator when token.Text == "{":
                return Dict(token.At);
            default:
                throw _source.Syntax(token.At, "a value", token.Describe());
        }
    }

    /// <summary>String literals side by side are one string.</summary>
    private string Neighbours(string first)
    {
        if (Current.Kind != JinjaTokenKind.Text)
        {
            return first;
        }

        var text = new StringBuilder(first);
        for (; Current.Kind == JinjaTokenKind.Text; _at++)
        {
            text.Append(Current.Text);
        }

        return text.ToString();
    }

    private LiteralNode Number(JinjaToken token)
    {
        if (token.Kind == JinjaTokenKind.Float)
        {
            return new LiteralNode(token.At, double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? new LiteralNode(token.At, value)
            : throw _source.Syntax(token.At, "an integer of 64 bits", token.Describe());
    }

    private JinjaNode Bracketed(int at)
    {
        if (Current.IsOperator(")"))
        {
            _at++;
            return new ListNode(at, [], IsTuple: true);
        }

        JinjaNode value = TupleOrExpression();
        ExpectOperator(")");
        return value;
    }

    private ListNode List(int at)
    {
        var items = new List<JinjaNode>();
        while (!Current.IsOperator("]"))
        {
            if (items.Count > 0)
            {
                ExpectOperator(",");
                if (Current.IsOperator("]"))
                {
                    break;
                }
            }

            items.Add(Expression());
        }

        _at++;
        return new ListNode(at, items, IsTuple: false);
    }

    private DictNode Dict(int at)
    {
        var items = new List<(JinjaNode, JinjaNode)>();
        while (!Current.IsOperator("}"))
        {
            if (items.Count > 0)
            {
                ExpectOperator(",");
                if (Current.IsOperator("}"))
                {
                    break;
                }
            }

            JinjaNode key = Expression();
            ExpectOperator(":");
            items.Add((key, Expression()));
        }

        _at++;
        return new DictNode(at, items);
    }
}
