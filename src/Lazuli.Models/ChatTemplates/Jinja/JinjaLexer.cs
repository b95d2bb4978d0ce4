using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>Cuts a template into tokens, with the white space control that published templates count on (<c>trim_blocks</c> and <c>lstrip_blocks</c>).</summary>
/// <remarks>
/// A line end right after <c>%}</c> or <c>#}</c> is dropped; blanks before <c>{%</c> or <c>{#</c> are dropped where nothing else stands before on the line;
/// <c>-</c> beside a mark drops all white space on that side, <c>+</c> keeps it.
/// </remarks>
internal sealed class JinjaLexer
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly JinjaSource _source;
    private readonly string _text;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private bool _lineStarts = true;

    private JinjaLexer(JinjaSource source)
    {
        _source = source;
        _text = source.Text;
    }

    public static List<JinjaToken> Cut(JinjaSource source)
    {
        var lexer = new JinjaLexer(source);
        lexer.CutAll();
        return lexer._tokens;
    }

    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    private void CutAll()
    {
        while (_at < _text.Length)
        {
            int open = NextMark();
            if (open < 0)
            {
                Add(JinjaTokenKind.Data, _text[_at..], _at);
                break;
            }

            int inside = open + 2;
            char sign = inside < _text.Length && _text[inside] is '-' or '+' ? _text[inside++] : '\0';
            AddData(open, sign);
            _at = inside;
            switch (_text[open + 1])
            {
                case '#':
                    SkipComment(open);
                    break;
                case '{':
                    Add(JinjaTokenKind.VariableBegin, "{{", open);
                    CutExpression(open, "}}", JinjaTokenKind.VariableEnd);
                    break;
                default:
                    if (!TrySkipRaw(open))
                    {
                        Add(JinjaTokenKind.BlockBegin, "{%", open);
                        CutExpression(open, "%}", JinjaTokenKind.BlockEnd);
                    }

                    break;
            }
        }

        Add(JinjaTokenKind.End, string.Empty, _text.Length);
    }

    private int NextMark()
    {
        for (int at = _text.IndexOf('{', _at); at >= 0 && at + 1 < _text.Length; at = _text.IndexOf('{', at + 1))
        {
            if (_text[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The text before a mark, less the white space that the mark takes.</summary>
    private void AddData(int open, char sign)
    {
        int end = open;
        if (sign == '-')
        {
            while (end > _at && IsSpace(_text[end - 1]))
            {
                end--;
            }
        }
        else if (sign != '+' && _text[open + 1] != '{')
        {
            int blank = open;
            while (blank > _at && IsSpace(_text[blank - 1]) && _text[blank - 1] != '\n')
            {
                blank--;
            }

            end = blank > _at ? (_text[blank - 1] == '\n' ? blank : open) : (_lineStarts ? blank : open);
        }

        if (end > _at)
        {
            Add(JinjaTokenKind.Data, _text[_at..end], _at);
        }
    }

    private void SkipComment(int open)
    {
        int end = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _source.Syntax(open, "#} after {#", "the end of the template");
        }

        char sign = end > _at ? _text[end - 1] : '\0';
        _at = end + 2;
        AfterMark(sign, trims: true);
    }

    /// <summary>Text between <c>{% raw %}</c> and <c>{% endraw %}</c> is taken as it stands.</summary>
    private bool TrySkipRaw(int open)
    {
        int at = _at;
        if (!TakeWord(ref at, "raw") || !TakeEnd(ref at, out char sign))
        {
            return false;
        }

        _at = at;
        AfterMark(sign, trims: false);
        for (int mark = _text.IndexOf("{%", _at, StringComparison.Ordinal); mark >= 0; mark = _text.IndexOf("{%", mark + 2, StringComparison.Ordinal))
        {
            int inside = mark + 2;
            char before = inside < _text.Length && _text[inside] is '-' or '+' ? _text[inside++] : '\0';
            if (TakeWord(ref inside, "endraw") && TakeEnd(ref inside, out char after))
            {
                AddData(mark, before);
                _at = inside;
                AfterMark(after, trims: true);
                return true;
            }
        }

        throw _source.Syntax(open, "{% endraw %} after {% raw %}", "the end of the template");
    }

    private bool TakeWord(ref int at, string word)
    {
        SkipSpaces(ref at);
        if (string.CompareOrdinal(_text, at, word, 0, word.Length) != 0)
        {
            return false;
        }

        at += word.Length;
        SkipSpaces(ref at);
        return true;
    }

    private bool TakeEnd(ref int at, out char sign)
    {
        sign = at < _text.Length && _text[at] is '-' or '+' ? _text[at++] : '\0';
        if (string.CompareOrdinal(_text, at, "%}", 0, 2) != 0)
        {
            return false;
        }

        at += 2;
        return true;
    }

    private void SkipSpaces(ref int at)
    {
        while (at < _text.Length && IsSpace(_text[at]))
        {
            at++;
        }
    }

    /// <summary>Drops the white space that the mark just read takes from the text after it.</summary>
    private void AfterMark(char sign, bool trims)
    {
        int start = _at;
        if (sign == '-')
        {
            SkipSpaces(ref _at);
        }
        else if (trims && sign != '+' && _at < _text.Length && _text[_at] == '\n')
        {
            _at++;
        }

        _lineStarts = _at > start && _text[_at - 1] == '\n';
    }

    private void CutExpression(int open, string close, JinjaTokenKind closeKind)
    {
        var brackets = new Stack<char>();
        while (true)
        {
            SkipSpaces(ref _at);
            if (_at >= _text.Length)
            {
                throw _source.Syntax(open, $"{close} after {_text.AsSpan(open, 2)}", "the end of the template");
            }

            char c = _text[_at];
            bool signed = c == '-' || (c == '+' && close == "%}");
            if (brackets.Count == 0 && string.CompareOrdinal(_text, _at + (signed ? 1 : 0), close, 0, 2) == 0)
            {
                Add(closeKind, close, _at);
                _at += signed ? 3 : 2;
                AfterMark(signed ? c : '\0', trims: close == "%}");
                return;
            }

            if (char.IsLetter(c) || c == '_')
            {
                CutName();
            }
            else if (char.IsAsciiDigit(c))
            {
                CutNumber();
            }
            else if (c is '\'' or '"')
            {
                CutString(c);
            }
            else
            {
                CutOperator(brackets);
            }
        }
    }

    private void CutName()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        Add(JinjaTokenKind.Name, _text[start.._at], start);
    }

    private void CutNumber()
    {
        int start = _at;
        SkipDigits();
        bool isFloat = false;
        if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            isFloat = true;
            _at++;
            SkipDigits();
        }

        if (_at + 1 < _text.Length && _text[_at] is 'e' or 'E')
        {
            int digits = _text[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
            if (digits < _text.Length && char.IsAsciiDigit(_text[digits]))
            {
                isFloat = true;
                _at = digits;
                SkipDigits();
            }
        }

        Add(isFloat ? JinjaTokenKind.Float : JinjaTokenKind.Integer, _text[start.._at].Replace("_", "", StringComparison.Ordinal), start);
    }

    private void SkipDigits()
    {
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] == '_' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))))
        {
            _at++;
        }
    }

    private void CutOperator(Stack<char> brackets)
    {
        string? found = Array.Find(Operators, o => string.CompareOrdinal(_text, _at, o, 0, o.Length) == 0)
            ?? throw _source.Syntax(_at, "a name, number, string or operator", $"'{_text[_at]}'");
        char c = found[0];
        if (c is '(' or '[' or '{')
        {
            brackets.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
        }
        else if (c is ')' or ']' or '}' && (!brackets.TryPop(out char wanted) || wanted != c))
        {
            throw _source.Syntax(_at, wanted == '\0' ? "no closing bracket" : $"'{wanted}'", $"'{c}'");
        }

        Add(JinjaTokenKind.Operator, found, _at);
        _at += found.Length;
    }

    private void CutString(char quote)
    {
        int start = _at++;
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                AppendEscape(value);
            }
            else
            {
                value.Append(_text[_at++]);
            }
        }

        if (_at >= _text.Length)
        {
            throw _source.Syntax(start, $"a closing {quote}", "the end of the template");
        }

        _at++;
        Add(JinjaTokenKind.Text, value.ToString(), start);
    }

    /// <summary>Python's escapes; an unknown one stays as it is.</summary>
    private void AppendEscape(StringBuilder value)
    {
        char c = _text[_at + 1];
        int plain = "abfnrtv\\'\"".IndexOf(c, StringComparison.Ordinal);
        if (plain >= 0)
        {
            value.Append("\a\b\f\n\r\t\v\\'\""[plain]);
            _at += 2;
        }
        else if (c is 'x' or 'u' or 'U')
        {
            int digits = c switch { 'x' => 2, 'u' => 4, _ => 8 };
            if (_at + 2 + digits > _text.Length
                || !uint.TryParse(_text.AsSpan(_at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                || code > 0x10FFFF)
            {
                throw _source.Syntax(_at, $"{digits} hexadecimal digits of a character after \\{c}", "something else");
            }

            value.Append(code <= 0xFFFF ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
            _at += 2 + digits;
        }
        else if (c is >= '0' and <= '7')
        {
            int end = _at + 1;
            int code = 0;
            while (end < Math.Min(_text.Length, _at + 4) && _text[end] is >= '0' and <= '7')
            {
                code = (code * 8) + (_text[end++] - '0');
            }

            value.Append((char)code);
            _at = end;
        }
        else
        {
            value.Append(c == '\n' ? "" : _text.Substring(_at, 2));
            _at += 2;
        }
    }

    private void Add(JinjaTokenKind kind, string text, int at) => _tokens.Add(new JinjaToken(kind, text, at));
}
