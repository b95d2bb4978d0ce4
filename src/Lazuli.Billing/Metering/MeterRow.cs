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

    /// <summary>How many requests an invoice counts for it; below zero in a correction.</summary>
    public long Requests { get; init; }

    /// <summary>Begun device-seconds that are priced: of jobs only.</summary>
    public long DeviceSeconds { get; init; }

    public long? CorrectsSource { get; init; }

    public long? CorrectsSequence { get; init; }
}
