using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>The grammars that requests asked for, ready for the model's vocabulary; the ones used last are kept with their masks. Thread-safe.</summary>
internal sealed class GrammarLibrary(Func<GrammarVocabulary> makeVocabulary)
{
    private const int MostKept = 64;

    private readonly Lazy<GrammarVocabulary> _vocabulary = new(makeVocabulary); // a trie of all tokens: only models that are asked for grammars need it
    private readonly LinkedList<(string Key, VocabularyGrammar Grammar)> _recent = [];
    private readonly Lock _gate = new();

    /// <summary>The grammar of a constraint.</summary>
    /// <exception cref="EngineRefusedException">It cannot be met, or is of a kind that is not supported.</exception>
    public VocabularyGrammar Find(OutputConstraint constraint)
    {
        string key = KeyOf(constraint);
        lock (_gate)
        {
            for (LinkedListNode<(string Key, VocabularyGrammar Grammar)>? node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Grammar;
                }
            }
        }

        VocabularyGrammar made = Make(constraint); // outside the lock: a large schema takes its time
        lock (_gate)
        {
            _recent.AddFirst((key, made));
            if (_recent.Count > MostKept)
            {
                _recent.RemoveLast();
            }
        }

        return made;
    }

    private static string KeyOf(OutputConstraint constraint) => constraint switch
    {
        OutputConstraint.JsonSchema schema => "schema " + schema.Schema.GetRawText(),
        OutputConstraint.Regex regex => "regex " + regex.Pattern,
        OutputConstraint.Choice choice => "choice " + JsonSerializer.Serialize(choice.Texts),
        OutputConstraint.Gbnf gbnf => "gbnf " + gbnf.Grammar,
        _ => "object",
    };

    private VocabularyGrammar Make(OutputConstraint constraint)
    {
        try
        {
            Grammar grammar = constraint switch
            {
                OutputConstraint.JsonSchema schema => Grammar.FromJsonSchema(schema.Schema),
                OutputConstraint.Regex regex => Grammar.FromRegex(regex.Pattern),
                OutputConstraint.Choice choice => Grammar.FromChoices(choice.Texts),
                OutputConstraint.Gbnf gbnf => Grammar.FromGbnf(gbnf.Grammar),
                _ => Grammar.AnyJsonObject,
            };
            return grammar.For(_vocabulary.Value);
        }
        catch (GrammarException e)
        {
            throw new EngineRefusedException(EngineRefusal.ConstraintNotSupported, e.Message);
        }
    }
}
