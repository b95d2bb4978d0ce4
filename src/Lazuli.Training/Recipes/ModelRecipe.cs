using System.ComponentModel.DataAnnotations;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Shape of the network in a recipe; what is left out follows from the rest.</summary>
public sealed record ModelRecipe
{
    /// <summary>Kind of block.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Llama;

    /// <summary>Rows of the embedding. Left out: as many as the tokenizer has ids.</summary>
    [Range(1, int.MaxValue)]
    public int? VocabularySize { get; init; }

    /// <summary>Longest sequence in tokens; training rows are as long.</summary>
    [Range(1, 1 << 20)]
    public required int ContextLength { get; init; }

    /// <summary>Number of blocks.</summary>
    [Range(1, 1024)]
    public required int Layers { get; init; }

    /// <summary>Channels of the residual stream.</summary>
    [Range(1, 1 << 20)]
    public required int Width { get; init; }

    /// <summary>Query heads.</summary>
    [Range(1, 1 << 16)]
    public required int Heads { get; init; }

    /// <summary>Key and value heads. Left out: as many as query heads.</summary>
    [Range(1, 1 << 16)]
    public int? KeyValueHeads { get; init; }

    /// <summary>Channels of a head. Left out: width / heads.</summary>
    [Range(1, 1 << 16)]
    public int? HeadSize { get; init; }

    /// <summary>Hidden width of the feed-forward part.</summary>
    [Range(1, 1 << 24)]
    public required int FeedForwardWidth { get; init; }

    /// <summary>Added under the root of a norm.</summary>
    [Range(0.0, 1.0)]
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Base of the rotary frequencies; Llama only.</summary>
    [Range(1.0, 1e12)]
    public double RopeBase { get; init; } = 10_000;

    /// <summary>Whether the head is the embedding matrix itself.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>The shape as the model room knows it.</summary>
    /// <param name="tokenizerVocabularySize">Used where <see cref="VocabularySize"/> is left out.</param>
    public ModelConfig ToConfig(int tokenizerVocabularySize) => new()
    {
        Family = Family,
        VocabularySize = VocabularySize ?? tokenizerVocabularySize,
        ContextLength = ContextLength,
        Layers = Layers,
        Width = Width,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads ?? Heads,
        HeadSize = HeadSize ?? (Heads > 0 ? Width / Heads : 0),
        FeedForwardWidth = FeedForwardWidth,
        NormEpsilon = NormEpsilon,
        RopeBase = RopeBase,
        TiedHead = TiedHead,
    };
}
