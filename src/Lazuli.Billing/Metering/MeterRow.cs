using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A row of meter_events.</summary>
internal readonly record struct MeterRow
{
    public required long Source { get; init; }

    public required long Sequence { get; init; }

    public required Guid? RequestId { get; init; }

    public required long Profile { get; init; }

    public required long AtMicroseconds { get; init; }

    public required ChargedTokens Tokens { get; init; }

    public required long DeviceMicroseconds { get; init; }

    public required double Flop { get; init; }

    public required long ChargeNanos { get; init; }

    public required long UnchargedNanos { get; init; }

    public required RequestOutcome Outcome { get; init; }

    public long? CorrectsSource { get; init; }

    public long? CorrectsSequence { get; init; }
}
