namespace Lazuli.Compute;

/// <summary>What one device can do at most, and what it takes: the same facts for accounting and for planning.</summary>
/// <remarks>Peaks are dense (no structured sparsity); an addition and a multiplication count as two operations.</remarks>
public sealed record HardwareProfile
{
    /// <summary>Short name, as <c>--hardware</c> takes it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in words.</summary>
    public required string Description { get; init; }

    /// <summary>Peak operations a second by type of number; at least one.</summary>
    public required IReadOnlyDictionary<NumberType, double> PeakFlopPerSecond { get; init; }

    /// <summary>The type that training multiplies in on this device; one of <see cref="PeakFlopPerSecond"/>.</summary>
    public required NumberType TrainingType { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required double MemoryBytes { get; init; }

    /// <summary>Bytes a second between memory and the arithmetic units.</summary>
    public required double MemoryBytesPerSecond { get; init; }

    /// <summary>Bytes of the last cache before memory; null where not known.</summary>
    public double? CacheBytes { get; init; }

    /// <summary>Link to the other devices of the same host; null where there are none.</summary>
    public Link? Interconnect { get; init; }

    /// <summary>Devices of one host that share <see cref="Interconnect"/>; 1 where there is none.</summary>
    public int DevicesPerHost { get; init; } = 1;

    /// <summary>Watts at full load; null where not known.</summary>
    public double? Watts { get; init; }

    /// <summary>How <see cref="Watts"/> is known; null where not known.</summary>
    public string? WattsSource { get; init; }

    /// <summary>Price of an hour; null where not known.</summary>
    public DevicePrice? Price { get; init; }

    /// <summary>Share of <see cref="TrainingPeak"/> that the forward product of 2,048 rows, 768 inputs and 768 outputs reaches; null where not measured.</summary>
    public double? ProductShare { get; init; }

    /// <summary>Seconds an operator spends on starting and joining the units of the device; null where not measured.</summary>
    public double? OperatorSeconds { get; init; }

    /// <summary>Where the figures come from.</summary>
    public required string Source { get; init; }

    /// <summary>How they are known.</summary>
    public required ProfileStatus Status { get; init; }

    /// <summary>When they were measured; null for published figures.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>Peak operations a second in <see cref="TrainingType"/>.</summary>
    public double TrainingPeak => PeakFlopPerSecond[TrainingType];
}
