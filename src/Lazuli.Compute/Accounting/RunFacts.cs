namespace Lazuli.Compute;

/// <summary>What is known of a training run, however it ended.</summary>
public sealed record RunFacts
{
    /// <summary>Id of the run.</summary>
    public required string Id { get; init; }

    /// <summary>The project that it is counted to.</summary>
    public required string Project { get; init; }

    /// <summary>Name of its recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>running, finished, stopped or failed.</summary>
    public required string Status { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last said something.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether <see cref="ComputeUse.PeakFlop"/> is known of all its sittings.</summary>
    public required bool IsPeakKnown { get; init; }

    /// <summary>The convention that FLOP were counted by.</summary>
    public required string FlopConvention { get; init; }

    /// <summary>How energy is known, in words.</summary>
    public required string EnergySource { get; init; }

    /// <summary>Whether the machine told the energy; false for an estimate.</summary>
    public bool IsEnergyMeasured { get; init; }

    /// <summary>What it has taken since its beginning, over all sittings.</summary>
    public ComputeUse Used { get; init; }

    /// <summary>What it had taken at moments before <see cref="UpdatedAt"/>, earliest first. Empty when that was not kept; then all of it counts as done at <see cref="UpdatedAt"/>.</summary>
    public IReadOnlyList<UsePoint> History { get; init; } = [];

    /// <summary>What a reader should know about the figures.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Everything taken before <paramref name="moment"/>; never less for a later moment.</summary>
    public ComputeUse UsedBefore(DateTimeOffset moment)
    {
        ComputeUse used = default;
        foreach (UsePoint point in History)
        {
            if (point.At < moment)
            {
                used = ComputeUse.Max(used, point.Use);
            }
        }

        return UpdatedAt < moment ? ComputeUse.Max(used, Used) : used;
    }

    /// <summary>What it took in <paramref name="month"/>: a step counts where it ended.</summary>
    public ComputeUse UsedIn(CalendarMonth month) => UsedBefore(month.End) - UsedBefore(month.Start);
}
