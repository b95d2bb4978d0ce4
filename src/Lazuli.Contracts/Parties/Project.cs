namespace Lazuli.Contracts;

/// <summary>What keys, limits, usage and models belong to; of one party or of several.</summary>
public sealed record Project
{
    /// <summary>Its id.</summary>
    public required ProjectId Id { get; init; }

    /// <summary>Its name as people read it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is, in shares that add up to 10,000 basis points; the first leads, acts for all and is charged.</summary>
    public required IReadOnlyList<OwnershipShare> Owners { get; init; }

    /// <summary>What was put in by whom.</summary>
    public IReadOnlyList<ProjectContribution> Contributions { get; init; } = [];

    /// <summary>Field of use of its requests that name none; null where any field of its licence will do.</summary>
    public string? FieldOfUse { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was closed; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}
