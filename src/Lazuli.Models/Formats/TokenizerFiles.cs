namespace Lazuli.Models;

/// <summary>A tokenizer as model files carry it: with the ids that begin and end texts.</summary>
public sealed record TokenizerFiles
{
    /// <summary>The tokenizer.</summary>
    public required ITokenizer Tokenizer { get; init; }

    /// <summary>Id that begins a text; null when the files name none.</summary>
    public int? BeginId { get; init; }

    /// <summary>Whether every sequence begins with <see cref="BeginId"/>; some models name one that their texts do not have.</summary>
    public bool AddsBegin
    {
        get => field && BeginId is not null;
        init;
    } = true;

    /// <summary>Ids at which generation stops, the one to name first (the end of a turn for a model that chats, else of a text); may be empty.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Id that ends every text which is not to be continued; null where none does.</summary>
    public int? AddedEndId { get; init; }

    /// <summary>A tokenizer with our marks, where it has them: texts begin with <see cref="ChatTemplate.EndOfText"/> and end with <see cref="ChatTemplate.EndOfTurn"/> or <see cref="ChatTemplate.EndOfText"/>.</summary>
    public static TokenizerFiles Of(BpeTokenizer tokenizer)
    {
        int? IdOf(string text) => tokenizer.SpecialTokens.TryGetValue(text, out int id) ? id : null;
        return new TokenizerFiles
        {
            Tokenizer = tokenizer,
            BeginId = IdOf(ChatTemplate.EndOfText),
            StopIds = [.. new[] { IdOf(ChatTemplate.EndOfTurn), IdOf(ChatTemplate.EndOfText) }.OfType<int>()],
        };
    }

    /// <summary>The stop id to name where only one can be named.</summary>
    internal int? EndId => StopIds.Count > 0 ? StopIds[0] : null;

    /// <summary>The id that fills the ends of short sequences in a batch: one that the model never has to continue.</summary>
    internal int? PaddingId => StopIds.Count > 0 ? StopIds[^1] : null;
}
