namespace Lazuli.Contracts;

/// <summary>Which use to report. Exactly one of <see cref="Project"/> and <see cref="Party"/> says whose.</summary>
public sealed record UsageFilter
{
    /// <summary>Use charged to this project.</summary>
    public ProjectId? Project { get; init; }

    /// <summary>Use of all projects charged to this party.</summary>
    public PartyId? Party { get; init; }

    /// <summary>From when, inclusive: when requests ended.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Until when, exclusive.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Only of these projects; none listed means all.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Only of these keys, by id; none listed means all.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Only of these models, by name; none listed means all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Only of batches, or only of the rest; null for both.</summary>
    public bool? Batch { get; init; }
}
