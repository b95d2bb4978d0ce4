namespace Lazuli.Contracts;

/// <summary>Use that is no request to a model: a training job, a batch on devices.</summary>
public sealed record MeteredJob
{
    /// <summary>Its id; a job is recorded once, whatever happens.</summary>
    public required Guid Id { get; init; }

    /// <summary>Id of the key; empty for none.</summary>
    public string Key { get; init; } = "";

    /// <summary>The project charged.</summary>
    public required ProjectId Project { get; init; }

    /// <summary>Whose it is.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Grants it ran under, the owner's first; none for the owner's own.</summary>
    public IReadOnlyList<GrantId> GrantChain { get; init; } = [];

    /// <summary>The model that was worked on; prices are looked up for it.</summary>
    public required string ModelName { get; init; }

    /// <summary>The exact version, or that of the recipe.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Seconds, times devices; begun ones are charged.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>FLOP by count.</summary>
    public double Flop { get; init; }

    /// <summary>How it ended.</summary>
    public RequestOutcome Outcome { get; init; }
}
