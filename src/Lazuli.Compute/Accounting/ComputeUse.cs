namespace Lazuli.Compute;

/// <summary>What a run took: from its beginning to some moment, or between two moments.</summary>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Flop">Floating-point operations by count.</param>
/// <param name="Seconds">Seconds of training, evaluations and checkpoints included.</param>
/// <param name="DeviceSeconds">Devices held × seconds.</param>
/// <param name="PeakFlop">FLOP that those devices could have done in that time; 0 where that is not known.</param>
/// <param name="EnergyJoules">Joules.</param>
public readonly record struct ComputeUse(long Tokens, double Flop, double Seconds, double DeviceSeconds, double PeakFlop, double EnergyJoules)
{
    // Far beyond anything real, and small enough that money in decimals cannot overflow.
    private const double MostFlop = 1e40;
    private const double MostSeconds = 1e16;
    private const double MostJoules = 1e20;

    /// <summary>Whether the figures can be true: finite, not negative, not absurd. A damaged file can hold others.</summary>
    public bool IsSound =>
        Tokens >= 0 && Flop is >= 0 and <= MostFlop && Seconds is >= 0 and <= MostSeconds && DeviceSeconds is >= 0 and <= MostSeconds
        && PeakFlop is >= 0 and <= MostFlop && EnergyJoules is >= 0 and <= MostJoules;

    public static ComputeUse operator +(ComputeUse a, ComputeUse b) =>
        new(a.Tokens + b.Tokens, a.Flop + b.Flop, a.Seconds + b.Seconds, a.DeviceSeconds + b.DeviceSeconds, a.PeakFlop + b.PeakFlop, a.EnergyJoules + b.EnergyJoules);

    public static ComputeUse operator -(ComputeUse a, ComputeUse b) =>
        new(a.Tokens - b.Tokens, a.Flop - b.Flop, a.Seconds - b.Seconds, a.DeviceSeconds - b.DeviceSeconds, a.PeakFlop - b.PeakFlop, a.EnergyJoules - b.EnergyJoules);

    /// <summary>The larger of each figure.</summary>
    internal static ComputeUse Max(ComputeUse a, ComputeUse b) => new(
        Math.Max(a.Tokens, b.Tokens), Math.Max(a.Flop, b.Flop), Math.Max(a.Seconds, b.Seconds), Math.Max(a.DeviceSeconds, b.DeviceSeconds),
        Math.Max(a.PeakFlop, b.PeakFlop), Math.Max(a.EnergyJoules, b.EnergyJoules));
}
