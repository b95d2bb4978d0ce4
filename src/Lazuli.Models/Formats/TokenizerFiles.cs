namespace Lazuli.Models;

/// <summary>A tokenizer as model files carry it.</summary>
public sealed record TokenizerFiles
{
    /// <summary>Ids, bytes, split rule and special tokens.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>Content of <c>tokenizer.json</c>.</summary>
    public required ReadOnlyMemory<byte> TokenizerJson { get; init; }

    /// <summary>Merges in order of rank, each <c>left right</c> in the byte-level alphabet.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary>Id that begins every sequence; null when none does.</summary>
    public int? BeginId { get; init; }

    /// <summary>Id at which generation stops: the end of a turn for a chat model, else the end of a text.</summary>
    public int? EndId { get; init; }

    /// <summary>Id that ends a text; generation stops at it too.</summary>
    public int? EndOfTextId { get; init; }

    /// <summary>The ids at which generation stops, each once.</summary>
    internal IReadOnlyList<int> StopIds => [.. new[] { EndId, EndOfTextId }.OfType<int>().Distinct()];

    /// <summary>Text of a special token by its id.</summary>
    internal string SpecialText(int id)
    {
        foreach ((string text, int specialId) in Tokenizer.SpecialTokens)
        {
            if (specialId == id)
            {
                return text;
            }
        }

        throw new ArgumentException($"Id {id} begins or ends texts but is no special token of the tokenizer.", nameof(id));
    }
}
