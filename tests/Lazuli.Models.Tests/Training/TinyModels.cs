namespace Lazuli.Models.Tests;

/// <summary>Shapes small enough for plain loops.</summary>
internal static class TinyModels
{
    public static ModelConfig Llama(int keyValueHeads = 2, bool tied = true) => new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 19,
        ContextLength = 8,
        Layers = 2,
        Width = 12,
        Heads = 2,
        KeyValueHeads = keyValueHeads,
        HeadSize = 6,
        FeedForwardWidth = 14,
        TiedHead = tied,
    };

    public static ModelConfig Gpt2() => new()
    {
        Family = ModelFamily.Gpt2,
        VocabularySize = 19,
        ContextLength = 8,
        Layers = 2,
        Width = 12,
        Heads = 2,
        KeyValueHeads = 2,
        HeadSize = 6,
        FeedForwardWidth = 20,
    };

    /// <summary>The model of a name, for theories: <c>llama</c>, <c>llama-grouped</c>, <c>llama-untied</c>, <c>gpt2</c>.</summary>
    public static ModelConfig ByName(string name) => name switch
    {
        "llama" => Llama(),
        "llama-grouped" => Llama(keyValueHeads: 1),
        "llama-untied" => Llama(tied: false),
        "gpt2" => Gpt2(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown model."),
    };

}
