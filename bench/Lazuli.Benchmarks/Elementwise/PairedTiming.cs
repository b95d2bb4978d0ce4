using System.Diagnostics;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>Times one operator between slices of the multiply-add peak, so that a share means something on a machine that others use too.</summary>
/// <remarks>
/// With <c>--processor-time</c> seconds are this process's processor time divided by its threads: what is lost to other programs then does not count,
/// but a thread that waits does not count either, so figures of several threads are wall time unless asked otherwise.
/// </remarks>
internal sealed class PairedTiming(CpuBackend backend, int repeats, bool processorTime)
{
    private const double WindowSeconds = 0.05;

    /// <summary>Runs <paramref name="work"/> in windows; returns the least and the median seconds of one call, and the median share of the peak for <paramref name="flops"/>.</summary>
    public Result Measure(double flops, Action work)
    {
        work();
        double start = Seconds();
        work();
        int calls = Math.Clamp((int)(WindowSeconds / Math.Max(1e-7, Seconds() - start)), 1, 100_000);
        var seconds = new double[repeats];
        var shares = new double[repeats];
        double peak = Peak();
        for (int i = 0; i < repeats; i++)
        {
            start = Seconds();
            for (int c = 0; c < calls; c++)
            {
                work();
            }

            seconds[i] = (Seconds() - start) / calls;
            double next = Peak();
            shares[i] = flops / seconds[i] / 1e9 / ((peak + next) / 2);
            peak = next;
        }

        Array.Sort(seconds);
        Array.Sort(shares);
        return new Result(seconds[0], seconds[repeats / 2], shares[repeats / 2], shares[^1]);
    }

    public static int Option(string[] args, string name, int fallback)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
    }

    public static float[] Random(int seed, long length, float scale)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (long i = 0; i < length; i++)
        {
            values[i] = scale * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }

    private double Seconds() => processorTime ? Environment.CpuUsage.TotalTime.TotalSeconds / backend.ThreadCount : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private double Peak()
    {
        double wall = Stopwatch.GetTimestamp();
        double start = Seconds();
        double rate = MachineLimits.MeasureFmaSlice(backend);
        return processorTime ? rate * ((Stopwatch.GetTimestamp() - wall) / Stopwatch.Frequency) / (Seconds() - start) : rate;
    }

    /// <summary>What came out.</summary>
    internal readonly record struct Result(double BestSeconds, double MedianSeconds, double MedianShare, double BestShare);
}
