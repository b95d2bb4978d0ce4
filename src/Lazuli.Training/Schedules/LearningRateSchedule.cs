using System.Diagnostics;

namespace Lazuli.Training;

/// <summary>The learning rate of each step as a share of its highest value: a pure function of step and length of the run, so that resuming needs no state.</summary>
/// <remarks>
/// Steps count from 0. Warm-up: (step + 1) / warm-up. Then, with p the progress from the end of warm-up to the end of the run and f the floor:
/// cosine f + ½(1 + cos πp)(1 − f); linear f + (1 − p)(1 − f); WSD 1 until the decay begins, then f + (1 − √r)(1 − f) or f + (1 − r)(1 − f).
/// </remarks>
internal sealed class LearningRateSchedule(ScheduleRecipe settings)
{
    /// <summary>Share of the highest rate at <paramref name="step"/> (from 0) of <paramref name="totalSteps"/>; steps past the end have the floor.</summary>
    public double ShareAt(long step, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        long warmup = Math.Min(settings.WarmupSteps, totalSteps);
        if (step < warmup)
        {
            return (step + 1) / (double)warmup;
        }

        return settings.Kind switch
        {
            ScheduleKind.Constant => 1.0,
            ScheduleKind.Linear => Fall(1 - Progress(step, warmup, totalSteps)),
            ScheduleKind.Cosine => Fall(0.5 * (1 + Math.Cos(Math.PI * Progress(step, warmup, totalSteps)))),
            ScheduleKind.Wsd => WarmupStableDecay(step, warmup, totalSteps),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>First step of the decay; <paramref name="totalSteps"/> where the rate never falls. Until then the rate does not depend on the length of the run (WSD, constant).</summary>
    public long DecayStart(long totalSteps)
    {
        long warmup = Math.Min(settings.WarmupSteps, totalSteps);
        return settings.Kind switch
        {
            ScheduleKind.Constant => totalSteps,
            ScheduleKind.Wsd => Math.Max(warmup, totalSteps - (long)Math.Round(settings.DecayFraction * totalSteps)),
            _ => warmup,
        };
    }

    private static double Progress(long step, long from, long to) => to <= from ? 1 : Math.Min(1, (step - from) / (double)(to - from));

    private double WarmupStableDecay(long step, long warmup, long totalSteps)
    {
        long decayStart = Math.Max(warmup, DecayStart(totalSteps));
        if (step < decayStart)
        {
            return 1;
        }

        double r = Progress(step, decayStart, totalSteps);
        return Fall(settings.DecayShape == DecayShape.Sqrt ? 1 - Math.Sqrt(r) : 1 - r);
    }

    private double Fall(double share) => settings.Floor + ((1 - settings.Floor) * share);
}
