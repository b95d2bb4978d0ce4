using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>One document of a corpus: a dialogue or plain text, and the side of the split it is on.</summary>
public sealed class CorpusDocument
{
    private CorpusDocument(string id, DataSplit split, IReadOnlyList<ChatTurn>? turns, string? text)
    {
        Id = id;
        Split = split;
        Turns = turns;
        Text = text;
    }

    /// <summary>Names the document inside its corpus.</summary>
    public string Id { get; }

    /// <summary>Which side it is on.</summary>
    public DataSplit Split { get; }

    /// <summary>The dialogue; null for plain text.</summary>
    public IReadOnlyList<ChatTurn>? Turns { get; }

    /// <summary>The plain text; null for a dialogue.</summary>
    public string? Text { get; }

    /// <summary>Every text in the document, in order: what a tokenizer is trained on.</summary>
    public IEnumerable<string> Contents => Turns is null ? [Text!] : Turns.Select(t => t.Content);

    /// <summary>A dialogue.</summary>
    public static CorpusDocument Dialogue(string id, DataSplit split, IReadOnlyList<ChatTurn> turns) => new(id, split, turns, null);

    /// <summary>Plain text.</summary>
    public static CorpusDocument PlainText(string id, DataSplit split, string text) => new(id, split, null, text);
}
