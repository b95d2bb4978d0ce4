using System.ComponentModel.DataAnnotations;

namespace Lazuli.Training;

/// <summary>What a recipe trains on: a prepared data set, or a corpus to prepare.</summary>
public sealed record DataRecipe
{
    /// <summary>Folder of a data set made by <c>lazuli data prepare</c>; relative to the recipe.</summary>
    public string? Prepared { get; init; }

    /// <summary>Files and folders to prepare: .txt, .md, .jsonl, .cs, XML documentation; relative to the recipe.</summary>
    public IReadOnlyList<string> Corpus { get; init; } = [];

    /// <summary>Share of the corpus held out.</summary>
    [Range(0.0, 0.5)]
    public double ValidationFraction { get; init; } = 0.02;

    /// <summary>Whether only what an assistant must say has a loss.</summary>
    public bool LossOnAnswersOnly { get; init; }

    /// <summary>Whether a token sees only its own document where a row holds several.</summary>
    public bool AttendWithinDocuments { get; init; }

    /// <summary>Where the corpus comes from, for the record of the model.</summary>
    public string? Source { get; init; }

    /// <summary>The corpus's licence, for the record of the model.</summary>
    public string? Licence { get; init; }
}
