using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>Tokens of one optimizer step, and how many sequences are worked on at once.</summary>
public sealed record BatchRecipe
{
    /// <summary>Tokens of one optimizer step; a multiple of <see cref="Rows"/> × context length. Gradients are accumulated over as many passes as that takes.</summary>
    [Range(1L, 1L << 32)]
    public required long Tokens { get; init; }

    /// <summary>Sequences of one pass; decides memory, not the mathematics.</summary>
    [Range(1, 1 << 16)]
    public required int Rows { get; init; }
}
