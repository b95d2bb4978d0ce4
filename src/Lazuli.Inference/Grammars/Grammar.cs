using System.Text.Json;

namespace Lazuli.Inference;

/// <summary>What a generated text must be: a language over bytes of UTF-8, from a JSON schema, a regular expression, a list or a grammar. Immutable, thread-safe.</summary>
/// <remarks>
/// Under its masks every token that is let through can still be continued to a whole text, and an end id is let through exactly where the text is whole.
/// docs/reference/grammars.md says what is supported, and the bounds.
/// </remarks>
public sealed class Grammar
{
    private const int MaxChoices = 1_000;
    private const int MaxChoicesLength = 1 << 20;

    /// <summary>States of a regular expression's automaton; more is an expression that explodes.</summary>
    private const int MaxRegexStates = 10_000;

    private static readonly Lazy<Grammar> LazyJson = new(() => FromJson(json => json.Value));
    private static readonly Lazy<Grammar> LazyObject = new(() => FromJson(json => json.Object));

    private readonly GrammarNetwork _network;

    private Grammar(GrammarNetwork network) => _network = network;

    /// <summary>Any JSON value.</summary>
    public static Grammar AnyJson => LazyJson.Value;

    /// <summary>Any JSON object.</summary>
    public static Grammar AnyJsonObject => LazyObject.Value;

    /// <summary>JSON that a schema describes.</summary>
    /// <exception cref="GrammarException">The schema is damaged, cannot be met, or says what is not supported; <see cref="GrammarException.Place"/> is a pointer into it.</exception>
    public static Grammar FromJsonSchema(JsonElement schema) => new(JsonSchemaReader.Read(schema));

    /// <summary>Texts that a regular expression matches as a whole.</summary>
    /// <exception cref="GrammarException">The expression is damaged, uses what is not supported, or explodes.</exception>
    public static Grammar FromRegex(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new Grammar(RefuseExplosion(RegexParser.Parse(pattern, "regex", searches: false), "regex"));
    }

    /// <summary>One of the texts given.</summary>
    /// <exception cref="GrammarException">There are none, or too many.</exception>
    public static Grammar FromChoices(IReadOnlyList<string> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        if (choices.Count is 0 or > MaxChoices || choices.Sum(choice => (long)choice.Length) > MaxChoicesLength)
        {
            throw new GrammarException("choices", $"1 to {MaxChoices} texts of at most {MaxChoicesLength} characters together", FormattableString.Invariant($"{choices.Count}"));
        }

        return FromExpression("choices", new ChoiceExpression([.. choices.Distinct(StringComparer.Ordinal).Select(GrammarExpression.Text)]));
    }

    /// <summary>Texts that the rule <c>root</c> of a GBNF grammar matches.</summary>
    /// <exception cref="GrammarException">The grammar is damaged, cannot be met, or has a rule that calls itself before it reads anything.</exception>
    public static Grammar FromGbnf(string grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        return new Grammar(GbnfParser.Parse(grammar));
    }

    /// <summary>The grammar for the tokens of a model. It collects masks as they are needed: make one for a grammar and a vocabulary, and share it.</summary>
    /// <exception cref="GrammarException">The grammar is too ambiguous.</exception>
    public VocabularyGrammar For(GrammarVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new VocabularyGrammar(_network, vocabulary);
    }

    /// <summary>Walks the whole automaton of a regular expression, which must be small.</summary>
    internal static GrammarNetwork RefuseExplosion(GrammarExpression expression, string place)
    {
        GrammarNetwork network = FromExpression(place, expression)._network;
        var table = new StateTable(network);
        var seen = new HashSet<GrammarState> { table.Start() };
        var work = new Queue<GrammarState>(seen);
        long threads = 0;
        while (work.TryDequeue(out GrammarState? state))
        {
            threads += state.Threads.Length;
            if (seen.Count > MaxRegexStates || threads > 20 * MaxRegexStates)
            {
                throw new GrammarException(place, $"an expression whose automaton has at most {MaxRegexStates} states", "one that explodes; repeat less, or in fewer overlapping parts");
            }

            for (int i = 0; i < network.ClassCount; i++)
            {
                GrammarState next = table.After(state, (byte)i);
                if (!ReferenceEquals(next, GrammarState.Dead) && seen.Add(next))
                {
                    work.Enqueue(next);
                }
            }
        }

        return network;
    }

    private static Grammar FromJson(Func<JsonRules, GrammarExpression> part)
    {
        var builder = new GrammarNetworkBuilder("json");
        int start = builder.Declare("root");
        builder.Define(start, part(new JsonRules(builder)));
        return new Grammar(builder.Build(start));
    }

    private static Grammar FromExpression(string place, GrammarExpression expression)
    {
        var builder = new GrammarNetworkBuilder(place);
        return new Grammar(builder.Build(builder.Add("root", expression)));
    }
}
