namespace Lazuli.Training;

/// <summary>How token embeddings begin and learn.</summary>
public sealed record EmbeddingRecipe
{
    /// <summary>Whether tokens that are one word (<c>Size</c>, <c>size</c>, <c>.Size</c>) begin alike and share their gradient: for models that see little text.</summary>
    public bool WordFamilies { get; init; }
}
