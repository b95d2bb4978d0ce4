using System.Text.Json;

namespace Lazuli.Contracts;

/// <summary>Name of a version: the digest of its content, <c>sha256:</c> and 64 hex digits.</summary>
public readonly record struct ContentDigest(string Value)
{
    /// <summary>The first 12 hex digits, for people.</summary>
    public string Short => Value["sha256:".Length..][..12];

    public override string ToString() => Value;
}

/// <summary>A registered, immutable model version.</summary>
public sealed record ModelVersion
{
    /// <summary>Name of the model, e.g. <c>quickstart</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the folder's content.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Hugging Face folder that holds it.</summary>
    public required string Folder { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it came from, in a few words: a run's id, an import.</summary>
    public required string Source { get; init; }

    /// <summary>SPDX expression, or <c>LicenseRef-…</c>; never empty.</summary>
    public required string License { get; init; }

    /// <summary>Number of parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The run that made it; null for imports.</summary>
    public string? RunId { get; init; }

    /// <summary>Data sets it was trained on.</summary>
    public IReadOnlyList<ContentDigest> DataSets { get; init; } = [];

    /// <summary>Facts of its making: FLOP by both methods, energy, losses.</summary>
    public JsonElement Facts { get; init; }
}

/// <summary>A registered, immutable, packed data set.</summary>
public sealed record DataSetVersion
{
    /// <summary>Name, e.g. <c>dotnet-reference</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of content, tokenizer and settings.</summary>
    public required ContentDigest Digest { get; init; }

    /// <summary>Folder of the shards.</summary>
    public required string Folder { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the text came from.</summary>
    public required string Source { get; init; }

    /// <summary>SPDX expression, or <c>LicenseRef-…</c>; never empty.</summary>
    public required string License { get; init; }

    /// <summary>Tokens for training.</summary>
    public required long TrainingTokens { get; init; }

    /// <summary>Tokens held out.</summary>
    public required long ValidationTokens { get; init; }
}

/// <summary>A training run as the registry lists it.</summary>
public sealed record RunRecord
{
    /// <summary>Id, also the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>The project that its compute is counted to.</summary>
    /// <value>Default <c>default</c>.</value>
    public string Project { get; init; } = "default";

    /// <summary>Name of its recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>running, finished, stopped or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Folder of metrics and checkpoints.</summary>
    public required string Folder { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The model version that it made.</summary>
    public ContentDigest? Model { get; init; }

    /// <summary>Summary facts: steps, tokens, losses, FLOP, time.</summary>
    public JsonElement Facts { get; init; }
}
