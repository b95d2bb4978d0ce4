using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An event from outside, as it was read; nothing of it was believed yet.</summary>
internal sealed record OutsideEvent
{
    public required string Source { get; init; }

    public required long Sequence { get; init; }

    public required MeterEventKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    public required PartyId Party { get; init; }

    public required ProjectId Project { get; init; }

    public required string Key { get; init; }

    public required string GrantChain { get; init; }

    public required string PriceVersion { get; init; }

    public required string ModelName { get; init; }

    public required string ModelDigest { get; init; }

    public required string Request { get; init; }

    public required RequestOutcome Outcome { get; init; }

    public required ChargedTokens Tokens { get; init; }

    public required long DeviceMicroseconds { get; init; }

    public required double Flop { get; init; }

    public required bool Batch { get; init; }

    /// <summary>What the emitter says it comes to; null where it leaves that to us.</summary>
    public required long? ChargeNanos { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>The whole event, canonical.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the text: what makes it the same event.</summary>
    public required string Content { get; init; }

    /// <summary>Begun device-seconds that are charged: a job's.</summary>
    public long DeviceSeconds => Kind == MeterEventKind.Job ? (DeviceMicroseconds / 1_000_000) + (DeviceMicroseconds % 1_000_000 > 0 ? 1 : 0) : 0;
}
