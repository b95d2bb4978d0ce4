using System.Globalization;
using System.Text;

namespace Lazuli.Inference;

/// <summary>Reads the regular part of regular expressions, as JSON Schema and other engines write them.</summary>
/// <remarks>
/// Literals, classes, <c>\d \w \s</c> and their complements (ASCII), <c>.</c> (anything but line ends), groups, alternatives, quantifiers (a lazy mark changes nothing
/// here); <c>^</c> and <c>$</c> at the ends of an alternative. Look-around, back-references, word borders and properties are refused: they are not regular, or not cheap.
/// </remarks>
internal sealed class RegexParser
{
    private const int MaxDepth = 50;
    private const int MaxCount = 100_000;

    private static readonly CharacterSet Digits = CharacterSet.Of(('0', '9'));
    private static readonly CharacterSet Words = CharacterSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_'));
    private static readonly CharacterSet Spaces = CharacterSet.OfCharacters(" \t\n\r\f\v");
    private static readonly CharacterSet AnyOfLine = CharacterSet.OfCharacters("\n\r\u2028\u2029").Complement();
    private static readonly GrammarExpression Anything = new RepeatExpression(new CharactersExpression(CharacterSet.All), 0, null);

    private readonly string _pattern;
    private readonly string _place;
    private int _at;
    private int _depth;

    private RegexParser(string pattern, string place)
    {
        _pattern = pattern;
        _place = place;
    }

    private char Current => _at < _pattern.Length ? _pattern[_at] : '\0';

    private bool IsAtEnd => _at >= _pattern.Length;

    /// <summary>The texts that the pattern matches as a whole, or with <paramref name="searches"/> those in which it is found.</summary>
    /// <exception cref="GrammarException">The pattern is damaged or uses what is not supported.</exception>
    public static GrammarExpression Parse(string pattern, string place, bool searches)
    {
        var parser = new RegexParser(pattern, place);
        var options = new List<GrammarExpression>();
        while (true)
        {
            bool begins = parser.Take('^');
            GrammarExpression option = parser.Sequence();
            bool ends = parser.Take('$');
            options.Add(!searches ? option : new SequenceExpression([begins ? GrammarExpression.Empty : Anything, option, ends ? GrammarExpression.Empty : Anything]));
            if (parser.IsAtEnd)
            {
                return new ChoiceExpression(options);
            }

            if (!parser.Take('|'))
            {
                throw parser.Fail("'|' or the end", parser.Found());
            }
        }
    }

    private ChoiceExpression Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw Fail($"groups nested at most {MaxDepth} deep", "more");
        }

        var options = new List<GrammarExpression> { Sequence() };
        while (Take('|'))
        {
            options.Add(Sequence());
        }

        _depth--;
        return new ChoiceExpression(options);
    }

    private SequenceExpression Sequence()
    {
        var parts = new List<GrammarExpression>();
        while (!IsAtEnd && Current is not ('|' or ')' or '$'))
        {
            parts.Add(Quantified(Atom()));
        }

        return new SequenceExpression(parts);
    }

    private GrammarExpression Quantified(GrammarExpression atom)
    {
        (int Min, int? Max)? count = Current switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => null,
        };
        if (count is not null)
        {
            _at++;
        }
        else if (Current == '{')
        {
            count = Count();
        }

        if (count is not (int min, var max))
        {
            return atom;
        }

        if (Current is '+')
        {
            throw Fail("a quantifier without possession", "'+' after one");
        }

        Take('?');
        if (Current is '*' or '+' or '?' or '{')
        {
            throw Fail("one quantifier", $"'{Current}' after one");
        }

        return new RepeatExpression(atom, min, max);
    }

    private (int Min, int? Max) Count()
    {
        int end = _pattern.IndexOf('}', _at);
        string[] bounds = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
        int max = 0;
        if (bounds.Length is < 1 or > 2
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out int min)
            || min > MaxCount
            || (bounds.Length == 2 && bounds[1].Length > 0 && (!int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out max) || max < min || max > MaxCount)))
        {
            throw Fail($"{{n}}, {{n,}} or {{n,m}} with n ≤ m ≤ {MaxCount} (a brace itself is \\{{)", Found());
        }

        _at = end + 1;
        return (min, bounds.Length == 1 ? min : bounds[1].Length == 0 ? null : max);
    }

    private GrammarExpression Atom()
    {
        switch (Current)
        {
            case '(':
                return Group();
            case '[':
                return new CharactersExpression(Class());
            case '.':
                _at++;
                return new CharactersExpression(AnyOfLine);
            case '\\':
                return new CharactersExpression(Escape(inClass: false));
            case '^':
                throw Fail("'^' at the beginning only (a character itself is \\^)", "it inside");
            case '*' or '+' or '?' or '{':
                throw Fail("something to repeat", $"'{Current}'");
            default:
                return new CharactersExpression(One(Literal()));
        }
    }

    private ChoiceExpression Group()
    {
        _at++;
        if (Take('?'))
        {
            if (Take('<') && Current is not ('=' or '!'))
            {
                int end = _pattern.IndexOf('>', _at);
                _at = end < 0 ? throw Fail("a '>' after a group's name", "none") : end + 1;
            }
            else if (!Take(':'))
            {
                throw Fail("a group without look-around or flags", $"'(?{Current}'");
            }
        }

        ChoiceExpression inner = Alternatives();
        if (!Take(')'))
        {
            throw Fail("')'", Found());
        }

        return inner;
    }

    private CharacterSet Class()
    {
        _at++;
        bool negated = Take('^');
        CharacterSet set = CharacterSet.None;
        while (Current != ']')
        {
            if (IsAtEnd)
            {
                throw Fail("']'", "the end");
            }

            CharacterSet first = Current == '\\' ? Escape(inClass: true) : One(Literal());
            if (Current == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] != ']')
            {
                _at++;
                CharacterSet last = Current == '\\' ? Escape(inClass: true) : One(Literal());
                if (first.Ranges is not [var (from, same)] || from != same || last.Ranges is not [var (to, alike)] || to != alike || from > to)
                {
                    throw Fail("a range of characters, the lower one first", "another");
                }

                first = CharacterSet.Of((from, to));
            }

            set = set.Or(first);
        }

        _at++;
        return negated ? set.Complement() : set;
    }

    private CharacterSet Escape(bool inClass)
    {
        _at++;
        char letter = Current;
        _at++;
        switch (letter)
        {
            case 'd':
                return Digits;
            case 'D':
                return Digits.Complement();
            case 'w':
                return Words;
            case 'W':
                return Words.Complement();
            case 's':
                return Spaces;
            case 'S':
                return Spaces.Complement();
            case 'x':
                return One(Hexadecimal(2));
            case 'u' when Take('{'):
                int end = _pattern.IndexOf('}', _at);
                int digits = end < 0 ? 0 : end - _at;
                int character = Hexadecimal(digits is > 0 and <= 6 ? digits : throw Fail("\\u{…} with 1 to 6 digits", Found()));
                _at++;
                return One(character);
            case 'u':
                int unit = Hexadecimal(4);
                return One(char.IsHighSurrogate((char)unit) && Take('\\') && Take('u') ? char.ConvertToUtf32((char)unit, Low()) : unit);
        }

        int plain = (inClass ? "tnrfv0b" : "tnrfv0").IndexOf(letter, StringComparison.Ordinal);
        if (plain >= 0)
        {
            return One("\t\n\r\f\v\0\b"[plain]);
        }

        if (char.IsAsciiLetterOrDigit(letter) || _at > _pattern.Length)
        {
            _at = Math.Min(_at, _pattern.Length);
            throw Fail("an escape that is supported (d D w W s S t n r f v 0 x u, or a sign)", letter == '\0' ? "the end" : $"'\\{letter}'");
        }

        _at--;
        return One(Literal());
    }

    private char Low()
    {
        int unit = Hexadecimal(4);
        return char.IsLowSurrogate((char)unit) ? (char)unit : throw Fail("the second half of a pair", $"\\u{unit:x4}");
    }

    private int Hexadecimal(int digits)
    {
        if (_at + digits > _pattern.Length || !int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            throw Fail($"{digits} hexadecimal digits", Found());
        }

        _at += digits;
        return value;
    }

    private int Literal()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            throw Fail("a character", "half of a surrogate pair");
        }

        _at += length;
        return rune.Value;
    }

    private CharacterSet One(int character)
    {
        CharacterSet set = CharacterSet.Of((character, character));
        return set.IsEmpty || character > 0x10FFFF ? throw Fail("a character", $"U+{character:X4}") : set;
    }

    private bool Take(char c)
    {
        if (IsAtEnd || Current != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private string Found() => IsAtEnd ? "the end" : $"'{Current}'";

    private GrammarException Fail(string expected, string found) => new(FormattableString.Invariant($"{_place}, character {_at + 1}"), expected, found);
}
