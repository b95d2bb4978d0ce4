namespace Lazuli.Models;

/// <summary>Where a model came from: what goes into its card and its files' metadata.</summary>
public sealed record ModelProvenance
{
    /// <summary>Name for people, e.g. <c>quickstart</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SPDX expression, or <c>LicenseRef-…</c>.</summary>
    public required string License { get; init; }

    /// <summary>One paragraph: what it is and what it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The run that made it.</summary>
    public string? RunId { get; init; }

    /// <summary>What it was trained on.</summary>
    public IReadOnlyList<DataSetOrigin> DataSets { get; init; } = [];

    /// <summary>The models it was trained from.</summary>
    public IReadOnlyList<BaseModelOrigin> BaseModels { get; init; } = [];

    /// <summary>Further facts for the card, in order: tokens, FLOP, losses.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}
