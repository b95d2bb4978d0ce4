namespace Lazuli.Contracts;

/// <summary>A key to be made.</summary>
public sealed record NewApiKey
{
    /// <summary>What it is for; shown in lists, at most 200 characters.</summary>
    public required string Label { get; init; }

    /// <summary>The project that its use is counted to.</summary>
    public required ProjectId Project { get; init; }

    /// <summary>Endpoints that it may call, by name; none means all.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Models that it may ask for, by name; none means all that the project's licences allow.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Addresses and networks (CIDR, IPv4 or IPv6) that it may come from; none means all.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Whether its requests are for trying things out: metered, priced at zero, and on no invoice. The installation's operator alone may give that.</summary>
    public bool Sandbox { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
