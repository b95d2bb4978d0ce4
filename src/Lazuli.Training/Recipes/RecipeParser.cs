using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lazuli.Training;

/// <summary>Reads YAML into nodes, without giving plain text a type. One document; no anchors, aliases, tags, merge keys or duplicate keys.</summary>
internal sealed class RecipeParser
{
    private const int MaxDepth = 32;

    private readonly IParser _parser;
    private readonly string? _place;

    private RecipeParser(string text, string? place)
    {
        _parser = new Parser(new StringReader(text));
        _place = place;
    }

    /// <summary>Parses a whole recipe.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="place">Said of every node instead of its line; for values from the command line.</param>
    /// <exception cref="RecipeSyntaxException">It is not YAML, or uses what recipes refuse.</exception>
    public static RecipeNode Parse(string text, string? place = null)
    {
        var reader = new RecipeParser(text, place);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            throw new RecipeSyntaxException(reader.Line(e.Start), e.Message.ReplaceLineEndings(" "), e);
        }
    }

    private RecipeNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out StreamEnd? end))
        {
            return new ScalarNode(Line(end.Start), "", IsPlain: true);
        }

        _parser.Consume<DocumentStart>();
        RecipeNode root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            throw Refuse(_parser.Current!, "a second document; a recipe is one");
        }

        return root;
    }

    private RecipeNode ReadNode(int depth)
    {
        if (_parser.Accept<AnchorAlias>(out AnchorAlias? alias))
        {
            throw Refuse(alias, $"the alias *{alias.Value}; recipes have no anchors or aliases. Write the value out");
        }

        NodeEvent start = _parser.Accept<NodeEvent>(out NodeEvent? found) ? found : throw Refuse(_parser.Current!, "no value");
        if (!start.Anchor.IsEmpty)
        {
            throw Refuse(start, $"the anchor &{start.Anchor.Value}; recipes have no anchors or aliases. Write the value out");
        }

        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
        {
            throw Refuse(start, $"the tag {start.Tag.Value}; a value's type comes from its key. Remove the tag");
        }

        if (depth > MaxDepth)
        {
            throw Refuse(start, $"nesting deeper than {MaxDepth}");
        }

        return start switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw Refuse(start, "something that is not a value"),
        };
    }

    private ScalarNode ReadScalar()
    {
        Scalar scalar = _parser.Consume<Scalar>();
        return new ScalarNode(Line(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private SequenceNode ReadSequence(int depth)
    {
        SequenceStart start = _parser.Consume<SequenceStart>();
        var items = new List<RecipeNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new SequenceNode(Line(start.Start), items);
    }

    private MappingNode ReadMapping(int depth)
    {
        MappingStart start = _parser.Consume<MappingStart>();
        var entries = new Dictionary<string, RecipeNode>(StringComparer.Ordinal);
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = _parser.Current!;
            if (ReadNode(depth + 1) is not ScalarNode key)
            {
                throw Refuse(at, "a key that is not text");
            }

            if (places.TryGetValue(key.Text, out string? first))
            {
                throw Refuse(at, $"the key '{key.Text}' a second time (first: {first})");
            }

            places.Add(key.Text, key.Place);
            entries.Add(key.Text, ReadNode(depth + 1));
        }

        return new MappingNode(Line(start.Start), entries, places);
    }

    private string Line(Mark mark) => _place ?? string.Create(CultureInfo.InvariantCulture, $"line {mark.Line}");

    private RecipeSyntaxException Refuse(ParsingEvent at, string what) => new(Line(at.Start), $"found {what}.");
}
