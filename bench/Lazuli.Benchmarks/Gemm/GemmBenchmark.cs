using System.Diagnostics;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>Products of the training recipes: GFLOP/s and share of the multiply-add peak taken right before and after each window.</summary>
internal static class GemmBenchmark
{
    private static readonly (string Model, int Rows, int In, int Out)[] Layers =
    [
        ("llama-15m", 4096, 384, 1152),
        ("llama-15m", 4096, 384, 384),
        ("llama-15m", 4096, 384, 2048),
        ("llama-15m", 4096, 1024, 384),
        ("gpt2-124m", 1024, 768, 2304),
        ("gpt2-124m", 1024, 768, 768),
        ("gpt2-124m", 1024, 768, 3072),
        ("gpt2-124m", 1024, 3072, 768),
        ("quickstart", 1024, 192, 576),
        ("quickstart", 1024, 256, 256),
        ("l2", 192, 384, 192),
    ];

    private static readonly (string Model, int Rows, int In, int Out)[] Heads =
    [
        ("llama-15m", 4096, 384, 8192),
        ("gpt2-124m", 1024, 768, 50257),
    ];

    private static bool s_processorTime;
    private static int s_threads;

    public static void Run(string[] args)
    {
        s_processorTime = args.Contains("--processor-time");
        int threads = Option(args, "--threads", 0);
        int repeats = Option(args, "--repeats", 9);
        string filter = Text(args, "--filter");
        using var backend = new CpuBackend(threads);
        s_threads = backend.ThreadCount;
        Console.WriteLine(Format($"threads {backend.ThreadCount}, tier {backend.Tier}; GFLOP/s min / median / max, share = median of (window / mean of peaks around it)"));
        _ = MachineLimits.MeasureFmaSlice(backend, 200);
        if (args.Contains("--ladder"))
        {
            Ladder(backend, repeats);
            return;
        }

        if (!args.Contains("--head"))
        {
            foreach ((string model, int rows, int inputs, int outputs) in Layers)
            {
                if ($"{model} {rows}x{inputs}x{outputs}".Contains(filter, StringComparison.Ordinal))
                {
                    Layer(backend, model, new LinearShape(rows, inputs, outputs), repeats);
                }
            }
        }

        foreach ((string model, int rows, int inputs, int outputs) in Heads)
        {
            if ($"{model} {rows}x{inputs}x{outputs}".Contains(filter, StringComparison.Ordinal))
            {
                Head(backend, model, new LinearShape(rows, inputs, outputs), repeats);
            }
        }
    }

    /// <summary>The rungs on one shape; give it <c>--threads 1</c>, since the first three use one.</summary>
    private static unsafe void Ladder(CpuBackend backend, int repeats)
    {
        var shape = new LinearShape(1020, 768, 768);
        using DeviceArena arena = backend.CreateArena("ladder");
        DeviceBuffer x = arena.Floats((long)shape.Rows * shape.In), w = arena.Floats((long)shape.In * shape.Out), y = arena.Floats((long)shape.Rows * shape.Out);
        DeviceBuffer packed = arena.Floats(backend.PackedWeightLength(shape));
        Randomize(backend, x);
        Randomize(backend, w);
        backend.PackWeight(shape, w, packed);
        double flops = 2.0 * shape.Rows * shape.In * shape.Out;
        Measure(backend, "1 naive", "NT", shape, flops, repeats, () => GemmLadder.Naive(shape, x.Float32Pointer, w.Float32Pointer, y.Float32Pointer), slow: true);
        Measure(backend, "2 vectors", "NT", shape, flops, repeats, () => GemmLadder.Vectorised(shape, x.Float32Pointer, w.Float32Pointer, y.Float32Pointer), slow: true);
        Measure(backend, "3 tile", "NT packed", shape, flops, repeats, () => GemmLadder.PackedUnblocked(shape, x.Float32Pointer, packed.Float32Pointer, y.Float32Pointer));
        Measure(backend, "4 in use", "NT packed", shape, flops, repeats, () => backend.LinearPacked(shape, x, packed, default, y));
        Measure(backend, "4 in use", "NT", shape, flops, repeats, () => backend.Linear(shape, x, w, default, y));
    }

    private static void Layer(CpuBackend backend, string model, LinearShape shape, int repeats)
    {
        using DeviceArena arena = backend.CreateArena("gemm");
        DeviceBuffer x = arena.Floats((long)shape.Rows * shape.In), w = arena.Floats((long)shape.In * shape.Out), y = arena.Floats((long)shape.Rows * shape.Out);
        DeviceBuffer packed = arena.Floats(backend.PackedWeightLength(shape));
        Randomize(backend, x);
        Randomize(backend, w);
        Randomize(backend, y);
        backend.PackWeight(shape, w, packed);
        double flops = 2.0 * shape.Rows * shape.In * shape.Out;
        Measure(backend, model, "NT", shape, flops, repeats, () => backend.Linear(shape, x, w, default, y));
        Measure(backend, model, "NT packed", shape, flops, repeats, () => backend.LinearPacked(shape, x, packed, default, y));
        Measure(backend, model, "NN dX", shape, flops, repeats, () => backend.LinearBackwardInput(shape, y, w, x));
        Measure(backend, model, "TN dW", shape, flops, repeats, () => backend.LinearBackwardWeight(shape, y, x, w, default));
    }

    private static void Head(CpuBackend backend, string model, LinearShape shape, int repeats)
    {
        using DeviceArena arena = backend.CreateArena("head");
        DeviceBuffer x = arena.Floats((long)shape.Rows * shape.In), w = arena.Floats((long)shape.In * shape.Out), dw = arena.Floats((long)shape.In * shape.Out), dx = arena.Floats((long)shape.Rows * shape.In);
        DeviceBuffer targets = arena.Integers(shape.Rows), losses = arena.Floats(shape.Rows);
        Randomize(backend, x);
        Randomize(backend, w);
        double flops = 2.0 * shape.Rows * shape.In * shape.Out;
        Measure(backend, model, "head loss", shape, flops, repeats, () => backend.LinearCrossEntropy(shape, x, w, targets, losses, 1f / shape.Rows, default, default));
        Measure(backend, model, "head all", shape, 3 * flops, repeats, () => backend.LinearCrossEntropy(shape, x, w, targets, losses, 1f / shape.Rows, dx, dw));
    }

    private static void Measure(CpuBackend backend, string model, string kind, LinearShape shape, double flops, int repeats, Action work, bool slow = false)
    {
        work();
        int calls = slow ? 1 : Math.Max(1, (int)(0.1 * 90e9 * backend.ThreadCount / flops));
        var rates = new double[repeats];
        var shares = new double[repeats];
        double before = Peak(backend);
        double peak = before;
        for (int i = 0; i < repeats; i++)
        {
            double start = Seconds();
            for (int c = 0; c < calls; c++)
            {
                work();
            }

            rates[i] = flops * calls / ((Seconds() - start) * 1e9);
            double after = Peak(backend);
            shares[i] = rates[i] / ((before + after) / 2);
            before = after;
            peak = Math.Max(peak, after);
        }

        Array.Sort(rates);
        Array.Sort(shares);
        Console.WriteLine(Format($"{model,-10} {shape.Rows,5} x {shape.In,4} -> {shape.Out,5}  {kind,-9} {rates[0],6:F1} / {rates[repeats / 2],6:F1} / {rates[^1],6:F1}  share {100 * shares[repeats / 2],5:F1} % (best {100 * shares[^1],5:F1} %) of peak {peak,6:F1}"));
    }

    /// <summary>Wall time, or this process's processor time times its threads' share, which other programs disturb less.</summary>
    private static double Seconds() => s_processorTime ? Environment.CpuUsage.TotalTime.TotalSeconds / s_threads : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static double Peak(CpuBackend backend)
    {
        if (!s_processorTime)
        {
            return MachineLimits.MeasureFmaSlice(backend);
        }

        double start = Seconds(), wall = Stopwatch.GetTimestamp();
        double rate = MachineLimits.MeasureFmaSlice(backend);
        return rate * ((Stopwatch.GetTimestamp() - wall) / Stopwatch.Frequency) / (Seconds() - start);
    }

    private static void Randomize(CpuBackend backend, DeviceBuffer buffer)
    {
        var random = new Random(5);
        var values = new float[buffer.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) * 0.1f;
        }

        backend.Upload<float>(values, buffer);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int Option(string[] args, string name, int fallback)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
    }

    private static string Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : string.Empty;
    }
}
