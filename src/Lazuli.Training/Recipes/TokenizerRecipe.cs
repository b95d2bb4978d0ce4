using System.ComponentModel.DataAnnotations;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>The tokenizer of a recipe: the file at <see cref="Path"/>, or one trained on the corpus.</summary>
public sealed record TokenizerRecipe
{
    /// <summary>A tokenizer.json; relative to the recipe. Left out: one is trained.</summary>
    public string? Path { get; init; }

    /// <summary>Ids of a trained tokenizer, special tokens and the 256 bytes included.</summary>
    [Range(261, 1 << 20)]
    public int VocabularySize { get; init; } = 8192;

    /// <summary>How text is cut before merges.</summary>
    public SplitRule Split { get; init; } = SplitRule.O200k;
}
