using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lazuli.Inference;

/// <summary>The parts of JSON (RFC 8259) as rules of one grammar, each made when first used.</summary>
/// <remarks>
/// Between tokens there may be nothing, a space, or a line end with up to 20 blanks, so white space cannot go on for ever. Integers have up to 18 digits; other numbers up to 18
/// before the point, 18 after and 2 of exponent, so all are finite doubles. Escapes are whole characters: no half of a surrogate pair.
/// </remarks>
internal sealed class JsonRules(GrammarNetworkBuilder builder)
{
    private static readonly CharacterSet Plain = CharacterSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Complement();
    private static readonly CharacterSet Hexadecimal = CharacterSet.Of(('0', '9'), ('a', 'f'), ('A', 'F'));
    private static readonly (char Character, char Letter)[] ShortEscapes = [('"', '"'), ('\\', '\\'), ('\b', 'b'), ('\f', 'f'), ('\n', 'n'), ('\r', 'r'), ('\t', 't')];

    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);

    /// <summary>White space that may stand between tokens.</summary>
    public GrammarExpression Space => Rule("white space", () => GrammarExpression.Optional(GrammarExpression.Choice(
        GrammarExpression.Text(" "),
        GrammarExpression.Sequence(GrammarExpression.Text("\n"), new RepeatExpression(new CharactersExpression(CharacterSet.OfCharacters(" \t")), 0, 20)))));

    /// <summary>A comma and what may stand after it.</summary>
    public GrammarExpression Comma => GrammarExpression.Sequence(GrammarExpression.Text(","), Space);

    /// <summary>Any string.</summary>
    public GrammarExpression String => Rule("string", () => Quoted(new RepeatExpression(CharacterOf(), 0, null)));

    /// <summary>One character of a string.</summary>
    public GrammarExpression Character => Rule("character", CharacterOf);

    /// <summary>Any number.</summary>
    public GrammarExpression Number => Rule("number", () => GrammarExpression.Sequence(
        GrammarExpression.Optional(GrammarExpression.Text("-")),
        DecimalRange.Integers(0, DecimalRange.Largest),
        GrammarExpression.Optional(GrammarExpression.Sequence(GrammarExpression.Text("."), DecimalRange.Digits(1, 18))),
        GrammarExpression.Optional(GrammarExpression.Sequence(
            new CharactersExpression(CharacterSet.OfCharacters("eE")),
            GrammarExpression.Optional(new CharactersExpression(CharacterSet.OfCharacters("+-"))),
            DecimalRange.Digits(1, 2)))));

    /// <summary>Any integer.</summary>
    public GrammarExpression Integer => Rule("integer", () => DecimalRange.Integers(-DecimalRange.Largest, DecimalRange.Largest));

    /// <summary>Any value.</summary>
    public GrammarExpression Value => Rule("value", () => GrammarExpression.Choice(
        Object, Array(Value, 0, null), String, Number, GrammarExpression.Text("true"), GrammarExpression.Text("false"), GrammarExpression.Text("null")));

    /// <summary>Any object.</summary>
    public GrammarExpression Object => Rule("object", () => Map(Value));

    /// <summary>An object whose members have any names, and values of one kind.</summary>
    public GrammarExpression Map(GrammarExpression value) =>
        Bracketed("{", Separated(GrammarExpression.Sequence(String, GrammarExpression.Text(":"), Space, value), 0, null), "}");

    /// <summary>An object with known members in order.</summary>
    public GrammarExpression ObjectOf(IEnumerable<(string Name, GrammarExpression Value, bool IsRequired)> members) => Bracketed(
        "{",
        new MembersExpression([.. members.Select(member => (GrammarExpression.Sequence(GrammarExpression.Text(Quote(member.Name) + ":"), Space, member.Value), member.IsRequired))], Comma),
        "}");

    /// <summary>An array of a number of items.</summary>
    public GrammarExpression Array(GrammarExpression item, int min, int? max) => Bracketed("[", Separated(item, min, max), "]");

    /// <summary>A string of a number of characters.</summary>
    public GrammarExpression StringOf(int min, int? max) => Quoted(new RepeatExpression(Character, min, max));

    /// <summary>A string whose text matches: each character as JSON writes it.</summary>
    public static GrammarExpression StringOf(GrammarExpression text) => Quoted(Escaped(text));

    /// <summary>A value as it stands, without white space.</summary>
    public static string Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Literal)) + "]",
        JsonValueKind.Object => "{" + string.Join(",", value.EnumerateObject().Select(member => Quote(member.Name) + ":" + Literal(member.Value))) + "}",
        _ => value.GetRawText(),
    };

    /// <summary>Separated by commas, <paramref name="min"/> to <paramref name="max"/> of them.</summary>
    private GrammarExpression Separated(GrammarExpression item, int min, int? max)
    {
        if (max == 0)
        {
            return GrammarExpression.Empty;
        }

        GrammarExpression some = GrammarExpression.Sequence(item, new RepeatExpression(GrammarExpression.Sequence(Comma, item), Math.Max(0, min - 1), max - 1));
        return min == 0 ? GrammarExpression.Optional(some) : some;
    }

    private GrammarExpression Bracketed(string open, GrammarExpression inner, string close) =>
        GrammarExpression.Sequence(GrammarExpression.Text(open), Space, inner, Space, GrammarExpression.Text(close));

    private static SequenceExpression Quoted(GrammarExpression inner) => new([GrammarExpression.Text("\""), inner, GrammarExpression.Text("\"")]);

    private static GrammarExpression CharacterOf()
    {
        GrammarExpression digit = new CharactersExpression(Hexadecimal);
        return GrammarExpression.Choice(
            new CharactersExpression(Plain),
            GrammarExpression.Sequence(GrammarExpression.Text("\\"), GrammarExpression.Choice(
                new CharactersExpression(CharacterSet.OfCharacters("\"\\/bfnrt")),
                GrammarExpression.Sequence(GrammarExpression.Text("u"), GrammarExpression.Choice(
                    GrammarExpression.Sequence(new CharactersExpression(Hexadecimal.Except(CharacterSet.OfCharacters("dD"))), digit, digit, digit),
                    GrammarExpression.Sequence(new CharactersExpression(CharacterSet.OfCharacters("dD")), new CharactersExpression(CharacterSet.Of(('0', '7'))), digit, digit),
                    GrammarExpression.Sequence(
                        new CharactersExpression(CharacterSet.OfCharacters("dD")), new CharactersExpression(CharacterSet.OfCharacters("89abAB")), digit, digit,
                        GrammarExpression.Text("\\u"),
                        new CharactersExpression(CharacterSet.OfCharacters("dD")), new CharactersExpression(CharacterSet.OfCharacters("cdefCDEF")), digit, digit))))));
    }

    private static GrammarExpression Escaped(GrammarExpression expression) => expression switch
    {
        CharactersExpression { Set: var set } => EscapedCharacters(set),
        SequenceExpression { Parts: var parts } => new SequenceExpression([.. parts.Select(Escaped)]),
        ChoiceExpression { Options: var options } => new ChoiceExpression([.. options.Select(Escaped)]),
        RepeatExpression repeat => repeat with { Part = Escaped(repeat.Part) },
        _ => throw new ArgumentException($"A pattern has characters, sequences, choices and repetitions; got {expression.GetType().Name}.", nameof(expression)),
    };

    private static ChoiceExpression EscapedCharacters(CharacterSet set)
    {
        var options = new List<GrammarExpression> { new CharactersExpression(set.And(Plain)) };
        foreach ((int first, int last) in set.Except(Plain).Ranges)
        {
            for (int character = first; character <= last; character++)
            {
                options.Add(GrammarExpression.Text(Escape((char)character)));
            }
        }

        return new ChoiceExpression(options);
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c is '"' or '\\' or < ' ' ? Escape(c) : c.ToString());
        }

        return quoted.Append('"').ToString();
    }

    private static string Escape(char c)
    {
        int index = System.Array.FindIndex(ShortEscapes, escape => escape.Character == c);
        return index >= 0 ? "\\" + ShortEscapes[index].Letter : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
    }

    private RuleExpression Rule(string name, Func<GrammarExpression> expression)
    {
        if (!_rules.TryGetValue(name, out int rule))
        {
            rule = builder.Declare(name);
            _rules.Add(name, rule);
            builder.Define(rule, expression());
        }

        return new RuleExpression(rule);
    }
}
