using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>What a model's files say about text: tokenizer, marks, chat format.</summary>
internal sealed record ModelText
{
    /// <summary>Text to ids and back.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>Jinja text of the chat format; null for the project's own where the tokenizer carries it.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Id that begins a text.</summary>
    public int? BeginId { get; init; }

    /// <summary>Whether a plain text begins with <see cref="BeginId"/>.</summary>
    public bool AddsBegin { get; init; }

    /// <summary>Ids that end an answer, beside the marks that are known to.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Id that ends a text which becomes a vector; null where none does.</summary>
    public int? AddedEndId { get; init; }

    /// <summary>How texts become vectors; null where the files do not say.</summary>
    public PoolingKind? Pooling { get; init; }

    /// <summary>Whether the files say that the beginning of a vector is a vector too.</summary>
    public bool CanShortenEmbeddings { get; init; }

    /// <summary>A model whose files say no more than ids: texts begin with the tokenizer's end-of-text mark where it has one, else with <paramref name="beginId"/>.</summary>
    public static ModelText Of(ITokenizer tokenizer, IReadOnlyList<int> stopIds, int? beginId, string? chatTemplate = null)
    {
        int? begin = tokenizer.SpecialTokens.TryGetValue(Models.ChatTemplate.EndOfText, out int mark) ? mark : beginId;
        return new ModelText { Tokenizer = tokenizer, StopIds = stopIds, BeginId = begin, AddsBegin = begin is not null, ChatTemplate = chatTemplate };
    }
}
