namespace Lazuli.Contracts;

/// <summary>What is kept of a key.</summary>
public sealed record ApiKeyRecord(string Id, string Label, string Redacted, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, string Project)
{
    /// <summary>Before a party's id: the endpoint that reads the use of all its projects, which no key has without naming it.</summary>
    public const string PartyUsage = "usage:";

    /// <summary>Whose project it is.</summary>
    public PartyId Party { get; init; }

    /// <summary>Endpoints that it may call, by name; none listed means all.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Models that it may ask for, by name; none listed means all that the project's licences allow.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Addresses and networks (CIDR) that it may come from; none listed means all.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Whether its requests are for trying things out: metered, priced at zero, and on no invoice.</summary>
    public bool Sandbox { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The key that was made in its place; null when none was.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When it was last used, to about a minute; null before its first use.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
