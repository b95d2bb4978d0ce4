using System.Globalization;
using System.Text;

namespace Lazuli.Inference;

/// <summary>Reads GBNF, the grammar notation of the llama.cpp family: <c>name ::= alternatives</c>; the text is what <c>root</c> matches.</summary>
internal sealed class GbnfParser
{
    private const int MaxLength = 256 * 1024;
    private const int MaxDepth = 50;
    private const int MaxCount = 100_000;

    private readonly string _text;
    private readonly GrammarNetworkBuilder _builder = new("grammar");
    private readonly Dictionary<string, (int Rule, int At, bool IsDefined)> _rules = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;

    private GbnfParser(string text) => _text = text;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <exception cref="GrammarException">The grammar is damaged, cannot be met, or calls a rule before reading anything.</exception>
    public static GrammarNetwork Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new GrammarException("grammar", $"at most {MaxLength} characters", FormattableString.Invariant($"{text.Length}"));
        }

        var parser = new GbnfParser(text);
        parser.SkipSpace();
        while (parser._at < text.Length)
        {
            parser.Rule();
        }

        foreach ((string name, (int _, int at, bool isDefined)) in parser._rules)
        {
            if (!isDefined)
            {
                throw parser.Fail(at, "a rule that is defined", $"'{name}', which is not");
            }
        }

        return parser._rules.TryGetValue("root", out (int Rule, int At, bool IsDefined) root)
            ? parser._builder.Build(root.Rule)
            : throw parser.Fail(text.Length, "a rule 'root'", "none");
    }

    private void Rule()
    {
        int at = _at;
        string name = Name() ?? throw Fail(_at, "the name of a rule", Found());
        SkipSpace();
        if (!Take("::="))
        {
            throw Fail(_at, "'::='", Found());
        }

        SkipSpace();
        int rule = RuleOf(name, at);
        if (_rules[name].IsDefined)
        {
            throw Fail(at, "each rule once", $"'{name}' twice");
        }

        _rules[name] = (rule, at, true);
        _builder.Define(rule, Alternatives());
        if (_at < _text.Length && !BeginsRule())
        {
            throw Fail(_at, "a rule or the end", Found());
        }
    }

    private int RuleOf(string name, int at)
    {
        if (!_rules.TryGetValue(name, out (int Rule, int At, bool IsDefined) known))
        {
            known = (_builder.Declare(name), at, false);
            _rules.Add(name, known);
        }

        return known.Rule;
    }

    private ChoiceExpression Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw Fail(_at, $"groups nested at most {MaxDepth} deep", "more");
        }

        var options = new List<GrammarExpression> { Sequence() };
        while (Take("|"))
        {
            SkipSpace();
            options.Add(Sequence());
        }

        _depth--;
        return new ChoiceExpression(options);
    }

    private SequenceExpression Sequence()
    {
        var parts = new List<GrammarExpression>();
        while (_at < _text.Length && Current is not ('|' or ')') && !BeginsRule())
        {
            GrammarExpression part = Atom();
            SkipSpace();
            while (Current is '*' or '+' or '?' or '{')
            {
                part = Quantified(part);
                SkipSpace();
            }

            parts.Add(part);
        }

        return new SequenceExpression(parts);
    }

    private GrammarExpression Atom()
    {
        switch (Current)
        {
            case '"':
                return Literal();
            case '[':
                return Class();
            case '.':
                _at++;
                return new CharactersExpression(CharacterSet.All);
            case '(':
                _at++;
                SkipSpace();
                GrammarExpression inner = Alternatives();
                return Take(")") ? inner : throw Fail(_at, "')'", Found());
            default:
                int at = _at;
                string name = Name() ?? throw Fail(_at, "a literal, class, group or rule", Found());
                return new RuleExpression(RuleOf(name, at));
        }
    }

    private RepeatExpression Quantified(GrammarExpression part)
    {
        char sign = Current;
        int start = _at++;
        if (sign != '{')
        {
            return new RepeatExpression(part, sign == '+' ? 1 : 0, sign == '?' ? 1 : null);
        }

        int end = _text.IndexOf('}', _at);
        string[] bounds = end < 0 ? [] : _text[_at..end].Split(',', StringSplitOptions.TrimEntries);
        int max = 0;
        if (bounds.Length is < 1 or > 2
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out int min)
            || min > MaxCount
            || (bounds.Length == 2 && bounds[1].Length > 0 && (!int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out max) || max < min || max > MaxCount)))
        {
            throw Fail(start, $"{{n}}, {{n,}} or {{n,m}} with n ≤ m ≤ {MaxCount}", "something else");
        }

        _at = end + 1;
        return new RepeatExpression(part, min, bounds.Length == 1 ? min : bounds[1].Length == 0 ? null : max);
    }

    private GrammarExpression Literal()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (Current != '"')
        {
            if (_at >= _text.Length || Current == '\n')
            {
                throw Fail(start, "a closing '\"'", "the end of the line");
            }

            text.Append(new Rune(Character()));
        }

        _at++;
        return GrammarExpression.Text(text.ToString());
    }

    private CharactersExpression Class()
    {
        int start = _at++;
        bool negated = Take("^");
        CharacterSet set = CharacterSet.None;
        while (Current != ']')
        {
            if (_at >= _text.Length || Current == '\n')
            {
                throw Fail(start, "a closing ']'", "the end of the line");
            }

            int first = Character();
            int last = first;
            if (Current == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                last = Character();
            }

            set = last >= first ? set.Or(CharacterSet.Of((first, last))) : throw Fail(start, "ranges with the lower character first", "another");
        }

        _at++;
        return new CharactersExpression(negated ? set.Complement() : set);
    }

    private int Character()
    {
        int at = _at;
        if (Current != '\\')
        {
            if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                throw Fail(at, "a character", "half of a surrogate pair");
            }

            _at += length;
            return rune.Value;
        }

        _at++;
        char letter = Current;
        _at++;
        int digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (_at + digits > _text.Length
                || !uint.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
                || !Rune.IsValid(value))
            {
                throw Fail(at, $"{digits} hexadecimal digits of a character after \\{letter}", "something else");
            }

            _at += digits;
            return (int)value;
        }

        int plain = "tnr\"[]\\-^".IndexOf(letter, StringComparison.Ordinal);
        return plain >= 0 ? "\t\n\r\"[]\\-^"[plain] : throw Fail(at, "an escape that is known (t n r \" [ ] \\ - ^ x u U)", "another");
    }

    /// <summary>Whether a name and <c>::=</c> come next: line ends do not matter otherwise.</summary>
    private bool BeginsRule()
    {
        int at = _at;
        bool begins = Name() is not null;
        SkipSpace();
        begins &= Take("::=");
        _at = at;
        return begins;
    }

    private string? Name()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '-' or '_')
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : null;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(Current) || Current == '#'))
        {
            if (Current == '#')
            {
                int end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                _at++;
            }
        }
    }

    private bool Take(string text)
    {
        if (string.CompareOrdinal(_text, _at, text, 0, text.Length) != 0)
        {
            return false;
        }

        _at += text.Length;
        return true;
    }

    private string Found() => _at >= _text.Length ? "the end" : $"'{Current}'";

    private GrammarException Fail(int at, string expected, string found)
    {
        ReadOnlySpan<char> before = _text.AsSpan(0, Math.Min(at, _text.Length));
        return new GrammarException(FormattableString.Invariant($"grammar, line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}"), expected, found);
    }
}
