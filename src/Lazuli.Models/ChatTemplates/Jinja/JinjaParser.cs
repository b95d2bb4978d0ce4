namespace Lazuli.Models;

/// <summary>Tokens to a tree: statements here, expressions in the other part. Nesting is bounded, for the sake of the stack.</summary>
internal sealed partial class JinjaParser
{
    private const int MaxDepth = 100;
    private static readonly string[] NotSupported = ["extends", "include", "import", "from", "block", "call", "do", "autoescape", "trans", "debug"];

    private readonly JinjaSource _source;
    private readonly List<JinjaToken> _tokens;
    private int _at;
    private int _depth;
    private int _loops;

    private JinjaParser(JinjaSource source, List<JinjaToken> tokens)
    {
        _source = source;
        _tokens = tokens;
    }

    private JinjaToken Current => _tokens[_at];

    public static IReadOnlyList<JinjaNode> Parse(JinjaSource source)
    {
        var parser = new JinjaParser(source, JinjaLexer.Cut(source));
        return parser.Body("the end of the template", []);
    }

    /// <summary>Statements up to a block tag whose name is one of <paramref name="ends"/>, which is left with its name as the current token; without ends, up to the end of the template.</summary>
    private List<JinjaNode> Body(string wanted, ReadOnlySpan<string> ends)
    {
        Enter();
        var nodes = new List<JinjaNode>();
        while (true)
        {
            JinjaToken token = Current;
            _at++;
            switch (token.Kind)
            {
                case JinjaTokenKind.Data:
                    nodes.Add(new TextNode(token.At, JinjaText.Written(token.Text)));
                    break;
                case JinjaTokenKind.VariableBegin:
                    nodes.Add(new PrintNode(token.At, TupleOrExpression()));
                    Expect(JinjaTokenKind.VariableEnd, "}}");
                    break;
                case JinjaTokenKind.BlockBegin:
                    if (Current.Kind == JinjaTokenKind.Name && ends.Contains(Current.Text))
                    {
                        _depth--;
                        return nodes;
                    }

                    if (Statement() is { } statement)
                    {
                        nodes.Add(statement);
                    }

                    break;
                default:
                    _at--;
                    if (ends.Length > 0)
                    {
                        throw Fail(wanted);
                    }

                    _depth--;
                    return nodes;
            }
        }
    }

    private JinjaNode? Statement()
    {
        JinjaToken token = Current;
        if (token.Kind != JinjaTokenKind.Name)
        {
            throw Fail("the name of a statement");
        }

        _at++;
        switch (token.Text)
        {
            case "if":
                return If(token.At);
            case "for":
                return For(token.At);
            case "set":
                return Set(token.At);
            case "macro":
                return Macro(token.At);
            case "with":
                return With(token.At);
            case "filter":
                JinjaNode filter = FilterChain();
                return new FilterBlockNode(token.At, filter, BlockBody("endfilter"));
            case "generation":
                // Marks what an assistant wrote, for training; the text is the same.
                return new WithNode(token.At, [], BlockBody("endgeneration"));
            case "break" or "continue" when _loops > 0:
                EndBlock();
                return new LeaveNode(token.At, token.Text == "continue");
            default:
                _at--;
                throw Fail(NotSupported.Contains(token.Text)
                    ? "a statement that chat templates use (if, for, set, macro, with, filter, generation, raw)"
                    : "if, for, set, macro, with, filter, generation, raw, or the end of an open one");
        }
    }

    private IfNode If(int at)
    {
        var branches = new List<(JinjaNode, IReadOnlyList<JinjaNode>)>();
        IReadOnlyList<JinjaNode> otherwise = [];
        JinjaNode test = TupleOrExpression();
        while (true)
        {
            EndBlock();
            branches.Add((test, Body("{% endif %}", ["elif", "else", "endif"])));
            JinjaToken end = Current;
            _at++;
            if (end.Text == "elif")
            {
                test = TupleOrExpression();
                continue;
            }

            if (end.Text == "else")
            {
                otherwise = BlockBody("endif");
            }
            else
            {
                EndBlock();
            }

            return new IfNode(at, branches, otherwise);
        }
    }

    private ForNode For(int at)
    {
        JinjaNode target = Target("in");
        ExpectName("in");
        JinjaNode items = TupleOrExpression(withConditional: false);
        JinjaNode? filter = null;
        if (Current.IsName("if"))
        {
            _at++;
            filter = Expression();
        }

        if (Current.IsName("recursive"))
        {
            throw Fail("a loop that does not call itself");
        }

        EndBlock();
        _loops++;
        List<JinjaNode> body = Body("{% endfor %}", ["else", "endfor"]);
        _loops--;
        bool hasElse = Current.Text == "else";
        _at++;
        if (hasElse)
        {
            return new ForNode(at, target, items, filter, body, BlockBody("endfor"));
        }

        EndBlock();
        return new ForNode(at, target, items, filter, body, []);
    }

    private JinjaNode Set(int at)
    {
        JinjaNode target = Target("=");
        if (Current.IsOperator("="))
        {
            _at++;
            JinjaNode value = TupleOrExpression();
            EndBlock();
            return new SetNode(at, target, value);
        }

        JinjaNode? filter = null;
        if (Current.IsOperator("|"))
        {
            _at++;
            filter = FilterChain();
        }

        return new SetBlockNode(at, target, filter, BlockBody("endset"));
    }

    private MacroNode Macro(int at)
    {
        string name = NameOf("the macro's name");
        var parameters = new List<(string, JinjaNode?)>();
        ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                ExpectOperator(",");
            }

            string parameter = NameOf("a parameter's name");
            JinjaNode? value = null;
            if (Current.IsOperator("="))
            {
                _at++;
                value = Expression();
            }

            parameters.Add((parameter, value));
        }

        _at++;
        int loops = _loops;
        _loops = 0;
        List<JinjaNode> body = BlockBody("endmacro");
        _loops = loops;
        return new MacroNode(at, name, parameters, body);
    }

    private WithNode With(int at)
    {
        var values = new List<(JinjaNode, JinjaNode)>();
        while (Current.Kind != JinjaTokenKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                ExpectOperator(",");
            }

            JinjaNode target = Target("=");
            ExpectOperator("=");
            values.Add((target, Expression()));
        }

        return new WithNode(at, values, BlockBody("endwith"));
    }

    /// <summary>The end of this tag, the body, and the whole end tag.</summary>
    private List<JinjaNode> BlockBody(string end)
    {
        EndBlock();
        List<JinjaNode> body = Body("{% " + end + " %}", [end]);
        _at++;
        EndBlock();
        return body;
    }

    private JinjaNode FilterChain()
    {
        JinjaNode filter = Filter(null);
        while (Current.IsOperator("|"))
        {
            _at++;
            filter = Filter(filter);
        }

        return filter;
    }

    /// <summary>What can be assigned to: a name, names with commas between (in brackets or not), or an attribute of a namespace.</summary>
    private JinjaNode Target(string before)
    {
        int at = Current.At;
        bool brackets = Current.IsOperator("(");
        _at += brackets ? 1 : 0;
        var names = new List<JinjaNode>();
        bool isTuple = false;
        while (true)
        {
            int nameAt = Current.At;
            string name = NameOf("a name");
            if (names.Count == 0 && !brackets && before == "=" && Current.IsOperator("."))
            {
                _at++;
                return new AttributeNode(nameAt, new NameNode(nameAt, name), NameOf("an attribute"));
            }

            names.Add(new NameNode(nameAt, name));
            if (!Current.IsOperator(","))
            {
                break;
            }

            isTuple = true;
            _at++;
            if (Current.Kind != JinjaTokenKind.Name || Current.IsName("in"))
            {
                break;
            }
        }

        if (brackets)
        {
            ExpectOperator(")");
        }

        return isTuple ? new ListNode(at, names, IsTuple: true) : names[0];
    }

    private string NameOf(string wanted)
    {
        JinjaToken token = Current;
        if (token.Kind != JinjaTokenKind.Name || token.Text is "true" or "false" or "none" or "True" or "False" or "None" or "not" or "and" or "or" or "in" or "is" or "if" or "else")
        {
            throw Fail(wanted);
        }

        _at++;
        return token.Text;
    }

    private void EndBlock() => Expect(JinjaTokenKind.BlockEnd, "%}");

    private void ExpectOperator(string text)
    {
        if (!Current.IsOperator(text))
        {
            throw Fail($"'{text}'");
        }

        _at++;
    }

    private void ExpectName(string text)
    {
        if (!Current.IsName(text))
        {
            throw Fail($"'{text}'");
        }

        _at++;
    }

    private void Expect(JinjaTokenKind kind, string wanted)
    {
        if (Current.Kind != kind)
        {
            throw Fail(wanted);
        }

        _at++;
    }

    private JinjaException Fail(string expected) => _source.Syntax(Current.At, expected, Current.Describe());

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw _source.Fail(JinjaErrorKind.Limit, Current.At, $"brackets and blocks nested at most {MaxDepth} deep", "more");
        }
    }
}
