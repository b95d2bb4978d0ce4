using System.Globalization;
using System.Text;

namespace Lazuli.Training;

/// <summary>Types as documentation ids write them (<c>System.Func{``0,System.Int32[]}@</c>) in simple words (<c>ref Func&lt;TSource, Int32[]&gt;</c>).</summary>
/// <remarks>Grammar: C# language specification, annex D.4.2, documentation comment ids. What does not follow it is given back unchanged.</remarks>
internal ref struct TypeExpression
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<char> _text;
    private readonly string[] _ofType;
    private readonly string[] _ofMethod;
    private int _at;

    private TypeExpression(string text, string[] ofType, string[] ofMethod)
    {
        _text = text;
        _ofType = ofType;
        _ofMethod = ofMethod;
    }

    /// <summary>One type.</summary>
    public static string Simplify(string text, string[] ofType, string[] ofMethod)
    {
        var expression = new TypeExpression(text, ofType, ofMethod);
        return expression.TryType(0, out string type) && expression._at == text.Length ? type : text;
    }

    /// <summary>Types separated by commas; none in an empty text.</summary>
    public static List<string> SimplifyList(string text, string[] ofType, string[] ofMethod)
    {
        var types = new List<string>();
        if (text.Length == 0)
        {
            return types;
        }

        var expression = new TypeExpression(text, ofType, ofMethod);
        return expression.TryList(0, types) && expression._at == text.Length ? types : [text];
    }

    private bool TryList(int depth, List<string> types)
    {
        while (true)
        {
            if (!TryType(depth, out string type))
            {
                return false;
            }

            types.Add(type);
            if (_at >= _text.Length || _text[_at] != ',')
            {
                return true;
            }

            _at++;
        }
    }

    private bool TryType(int depth, out string type)
    {
        type = "";
        if (depth > MaxDepth || !(Peek() == '`' ? TryParameter(out type) : TryNamed(depth, out type)))
        {
            return false;
        }

        return TrySuffixes(ref type);
    }

    private bool TryParameter(out string type)
    {
        _at++;
        bool ofMethod = Peek() == '`';
        _at += ofMethod ? 1 : 0;
        int start = _at;
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        type = "";
        if (!int.TryParse(_text[start.._at], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return false;
        }

        string[] names = ofMethod ? _ofMethod : _ofType;
        type = index < names.Length && names[index].Length > 0 ? names[index]
            : index == 0 ? "T"
            : string.Create(CultureInfo.InvariantCulture, $"T{index + 1}");
        return true;
    }

    private bool TryNamed(int depth, out string type)
    {
        type = "";
        int start = _at;
        while (true)
        {
            int segment = _at;
            while (_at < _text.Length && _text[_at] is not ('.' or ',' or '{' or '}' or '[' or '*' or '@' or '`'))
            {
                _at++;
            }

            if (_at == segment)
            {
                return false;
            }

            type = _text[segment.._at].ToString();
            if (Peek() == '`')
            {
                // An open generic type keeps its arity in the id; its parameters are not known here.
                do
                {
                    _at++;
                }
                while (char.IsAsciiDigit(Peek()));
            }

            if (Peek() == '{' && !TryArguments(depth, ref type))
            {
                return false;
            }

            if (Peek() != '.')
            {
                return _at > start;
            }

            _at++;
        }
    }

    private bool TryArguments(int depth, ref string type)
    {
        _at++;
        var arguments = new List<string>();
        if (!TryList(depth + 1, arguments) || Peek() != '}')
        {
            return false;
        }

        _at++;
        type = type == "Nullable" && arguments.Count == 1 ? arguments[0] + "?" : $"{type}<{string.Join(", ", arguments)}>";
        return true;
    }

    private bool TrySuffixes(ref string type)
    {
        var text = new StringBuilder(type);
        bool byReference = false;
        while (_at < _text.Length && _text[_at] is ('[' or '*' or '@'))
        {
            if (_text[_at] == '[')
            {
                int close = _text[_at..].IndexOf(']');
                if (close < 0)
                {
                    return false;
                }

                // [0:,0:] is a rectangular array; the bounds say nothing to a reader.
                int rank = _text.Slice(_at, close).Count(',') + 1;
                text.Append('[').Append(',', rank - 1).Append(']');
                _at += close + 1;
                continue;
            }

            byReference |= _text[_at] == '@';
            if (_text[_at] == '*')
            {
                text.Append('*');
            }

            _at++;
        }

        type = byReference ? $"ref {text}" : text.ToString();
        return true;
    }

    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';
}
