namespace Lazuli.Contracts;

/// <summary>What a request took; written once. Its identity is (source, sequence), unique for ever, and a source's sequences have no gaps.</summary>
public sealed record MeterEvent
{
    /// <summary>Who numbered it, e.g. <c>node/7</c>.</summary>
    public required string Source { get; init; }

    /// <summary>1, 2, 3 …</summary>
    public required long Sequence { get; init; }

    /// <summary>The request; null for what was none.</summary>
    public required Guid? RequestId { get; init; }

    /// <summary>When it ended, to the microsecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the key.</summary>
    public required string Key { get; init; }

    /// <summary>The project charged.</summary>
    public required ProjectId Project { get; init; }

    /// <summary>Whose it is.</summary>
    public required PartyId Party { get; init; }

    /// <summary>Grants it was used under, the owner's first.</summary>
    public required IReadOnlyList<GrantId> GrantChain { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>The exact version.</summary>
    public required string ModelDigest { get; init; }

    /// <summary>Prices that held when it was admitted.</summary>
    public required string PriceVersion { get; init; }

    /// <summary>Whether it was asked with a sandbox key.</summary>
    public bool IsSandbox => PriceVersion == TokenPrices.SandboxVersion;

    /// <summary>Exact tokens.</summary>
    public required ChargedTokens Tokens { get; init; }

    /// <summary>Device time in microseconds.</summary>
    public required long DeviceMicroseconds { get; init; }

    /// <summary>FLOP by count.</summary>
    public required double Flop { get; init; }

    /// <summary>What was accrued.</summary>
    public required Money Charge { get; init; }

    /// <summary>How it ended.</summary>
    public required RequestOutcome Outcome { get; init; }

    /// <summary>What it is about.</summary>
    public MeterEventKind Kind { get; init; }

    /// <summary>The event that it corrects; its quantities and charge are then differences, and its time is that of the corrected one.</summary>
    public EventIdentity? Corrects { get; init; }

    /// <summary>Begun device-seconds that are charged; of jobs.</summary>
    public long DeviceSeconds { get; init; }

    /// <summary>Requests that an invoice counts for it; of corrections, by how many that changes.</summary>
    public long Requests { get; init; }

    /// <summary>Why it was corrected or given up; empty for others.</summary>
    public string Reason { get; init; } = "";
}
