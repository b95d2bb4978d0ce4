using System.Diagnostics;

namespace Lazuli.Numerics;

/// <summary>Measures what this library's own operators reach of the machine's limits: what the planner's step-time model is calibrated by.</summary>
public static class OperatorLimits
{
    /// <summary>Shape of the measured product: its operands do not fit the second-level cache, its arithmetic dwarfs its traffic.</summary>
    public static readonly LinearShape Product = new(2048, 768, 768);

    /// <summary>Share of the multiply-add peak that the forward product <see cref="Product"/> reaches, the peak measured right before and after.</summary>
    /// <remarks>Both are counted in processor time, so that others who use the machine change neither.</remarks>
    /// <param name="backend">Whose threads to use.</param>
    /// <param name="samples">Windows timed, some products each; the median counts.</param>
    public static double MeasureProductShare(CpuBackend backend, int samples = 7)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        const int ProductsOfWindow = 4;
        using DeviceArena arena = backend.CreateArena("product limit");
        DeviceBuffer x = arena.Floats((long)Product.Rows * Product.In);
        DeviceBuffer weight = arena.Floats((long)Product.Out * Product.In);
        DeviceBuffer y = arena.Floats((long)Product.Rows * Product.Out);
        backend.Fill(x, 0.5f);
        backend.Fill(weight, 0.25f);
        backend.Linear(Product, x, weight, default, y); // the first pays for pages and for compiling
        double flop = 2.0 * ProductsOfWindow * Product.Rows * Product.In * Product.Out;
        var shares = new double[samples];
        double before = FlopPerProcessorSecond(backend);
        for (int i = 0; i < samples; i++)
        {
            double start = ProcessorSeconds();
            for (int k = 0; k < ProductsOfWindow; k++)
            {
                backend.Linear(Product, x, weight, default, y);
            }

            double rate = flop / (ProcessorSeconds() - start);
            double after = FlopPerProcessorSecond(backend);
            shares[i] = rate / ((before + after) / 2);
            before = after;
        }

        return Median(shares);
    }

    /// <summary>Multiply-adds in registers a second of processor time, two operations each.</summary>
    private static double FlopPerProcessorSecond(CpuBackend backend)
    {
        const double SliceSeconds = 0.08; // threads may wait a millisecond for each other at its start, which counts as processor time
        double start = ProcessorSeconds();
        double flop = MachineLimits.CountFmaFlop(backend, SliceSeconds);
        return flop / (ProcessorSeconds() - start);
    }

    private static double ProcessorSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Seconds that an operator spends on starting and joining its threads: the time of one equal piece of work for each thread, less the piece itself.</summary>
    /// <param name="backend">Whose threads to use.</param>
    /// <param name="samples">Starts timed; the one that counts is among the fastest hundredth, since the others may have shared the machine.</param>
    public static double MeasureStartSeconds(CpuBackend backend, int samples = 301)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        const double PieceSeconds = 50e-6; // longer than a thread that spins needs to notice, so that nobody does another's piece
        var job = new WaitingJob((long)(PieceSeconds * Stopwatch.Frequency));
        var seconds = new double[samples];
        for (int i = 0; i < samples; i++)
        {
            long start = Stopwatch.GetTimestamp();
            backend.Pool.Run(ref job, backend.ThreadCount);
            seconds[i] = ((Stopwatch.GetTimestamp() - start) / (double)Stopwatch.Frequency) - PieceSeconds;
        }

        Array.Sort(seconds);
        return Math.Max(seconds[samples / 100], 1e-9);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    /// <summary>Busy for a given time, on each thread once.</summary>
    private readonly struct WaitingJob(long ticks) : ITileJob
    {
        public void Execute(int tile, int worker)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetTimestamp() - start < ticks)
            {
                Thread.SpinWait(1);
            }
        }
    }
}
