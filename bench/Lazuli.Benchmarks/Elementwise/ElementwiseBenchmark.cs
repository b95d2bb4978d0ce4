using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>Everything bound by memory or by exponentials, at the sizes of the recipes: nanoseconds an element, and gigabytes a second of what must move.</summary>
internal static class ElementwiseBenchmark
{
    public static void Run(string[] args)
    {
        using var backend = new CpuBackend(PairedTiming.Option(args, "--threads", 0));
        var timing = new PairedTiming(backend, PairedTiming.Option(args, "--repeats", 9), args.Contains("--processor-time"));
        Console.WriteLine($"threads {backend.ThreadCount}, tier {backend.Tier}; ns an element best / median, GB/s at the median");
        using DeviceArena arena = backend.CreateArena("elementwise");
        Activations(backend, timing, arena, args.Contains("--naive"));
        Norms(backend, timing, arena, 4096, 384);
        Norms(backend, timing, arena, 1024, 768);
        Positions(backend, timing, arena);
        Optimizers(backend, timing, arena);
    }

    private static void Activations(CpuBackend backend, PairedTiming timing, DeviceArena arena, bool naive)
    {
        const int rows = 4096, width = 1024;
        const long count = (long)rows * width;
        DeviceBuffer wide = Random(backend, arena, 2 * count), dWide = arena.Floats(2 * count), x = Random(backend, arena, count), y = Random(backend, arena, count);
        Print("SwiGLU 4096x1024", count, 12, timing.Measure(0, () => backend.SwiGlu(width, wide, y)));
        Print("SwiGLU backward 4096x1024", count, 20, timing.Measure(0, () => backend.SwiGluBackward(width, wide, y, dWide)));
        Print("GELU 4096x1024", count, 8, timing.Measure(0, () => backend.Gelu(x, y)));
        Print("GELU backward 4096x1024", count, 12, timing.Measure(0, () => backend.GeluBackward(x, y, dWide.Slice(0, count))));
        DeviceBuffer small = x.Slice(0, 8192), smallY = y.Slice(0, 8192);
        Print("GELU 8192, in cache, one chunk", 8192, 8, timing.Measure(0, () => backend.Gelu(small, smallY)));
        if (naive)
        {
            float[] a = PairedTiming.Random(1, 1 << 20, 3f);
            var b = new float[a.Length];
            Print("naive GELU by MathF.Tanh, 1 thread", a.Length, 8, timing.Measure(0, () => NaiveGelu(a, b)));
        }
    }

    private static void NaiveGelu(float[] x, float[] y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = 0.5f * x[i] * (1 + MathF.Tanh(0.79788456f * (x[i] + (0.044715f * x[i] * x[i] * x[i]))));
        }
    }

    private static void Norms(CpuBackend backend, PairedTiming timing, DeviceArena arena, int rows, int channels)
    {
        long count = (long)rows * channels;
        DeviceBuffer x = Random(backend, arena, count), y = arena.Floats(count), dx = arena.Floats(count), gain = Random(backend, arena, channels);
        DeviceBuffer dGain = arena.Floats(channels), dBias = arena.Floats(channels), mean = arena.Floats(rows), rstd = arena.Floats(rows);
        string size = string.Create(CultureInfo.InvariantCulture, $"{rows}x{channels}");
        Print($"RMSNorm {size}", count, 8, timing.Measure(0, () => backend.RmsNorm(channels, 1e-5f, x, gain, y, rstd)));
        Print($"RMSNorm backward {size}", count, 16, timing.Measure(0, () => backend.RmsNormBackward(channels, x, gain, rstd, y, dx, dGain)));
        Print($"LayerNorm {size}", count, 8, timing.Measure(0, () => backend.LayerNorm(channels, 1e-5f, x, gain, gain, y, mean, rstd)));
        Print($"LayerNorm backward {size}", count, 16, timing.Measure(0, () => backend.LayerNormBackward(channels, x, gain, mean, rstd, y, dx, dGain, dBias)));
    }

    private static void Positions(CpuBackend backend, PairedTiming timing, DeviceArena arena)
    {
        const int rows = 4096, heads = 12, size = 64;
        var shape = new RopeShape(rows, 18 * size, size, RopePairing.Halves);
        DeviceBuffer x = Random(backend, arena, (long)rows * shape.RowStride), table = arena.Floats(256 * size), positions = arena.Integers(rows);
        backend.RopeTable(256, size, 10000, table);
        backend.Upload<int>(Enumerable.Range(0, rows).Select(r => r % 256).ToArray(), positions);
        Print("RoPE halves 4096 rows, 12 heads of 64", (long)rows * heads * size, 8, timing.Measure(0, () => backend.Rope(shape, x, positions, table, 0, heads)));
        RopeShape interleaved = shape with { Pairing = RopePairing.Interleaved };
        Print("RoPE interleaved", (long)rows * heads * size, 8, timing.Measure(0, () => backend.Rope(interleaved, x, positions, table, 0, heads)));
        DeviceBuffer ids = arena.Integers(rows), embedding = Random(backend, arena, 8192 * 384), y = arena.Floats((long)rows * 384);
        backend.Upload<int>(Enumerable.Range(0, rows).Select(r => r * 7919 % 8192).ToArray(), ids);
        Print("embedding gather 4096x384", (long)rows * 384, 8, timing.Measure(0, () => backend.EmbeddingGather(384, ids, embedding, y)));
        Print("embedding scatter-add 4096x384", (long)rows * 384, 12, timing.Measure(0, () => backend.EmbeddingScatterAdd(384, ids, y, embedding)));
    }

    private static void Optimizers(CpuBackend backend, PairedTiming timing, DeviceArena arena)
    {
        const long count = 13_770_000;
        DeviceBuffer p = Random(backend, arena, count), g = Random(backend, arena, count), m = arena.Floats(count), v = arena.Floats(count), norm = arena.Floats(2);
        Print("global norm 13.8M", count, 4, timing.Measure(0, () => backend.GlobalNorm(g, 1f, norm)));
        Print("AdamW 13.8M", count, 28, timing.Measure(0, () => backend.AdamW(new AdamWStep(1e-4f, 0.9f, 0.95f, 1e-8f, 0.1f, 7), p, g, m, v, norm)));
        Print("fill 13.8M", count, 4, timing.Measure(0, () => backend.Fill(p, 0f)));
        Print("add scaled 13.8M", count, 12, timing.Measure(0, () => backend.AddScaled(g, 0.5f, p)));
        Muon(backend, timing, arena, 384, 384);
        Muon(backend, timing, arena, 2048, 384);
    }

    private static void Muon(CpuBackend backend, PairedTiming timing, DeviceArena arena, int rows, int columns)
    {
        long count = (long)rows * columns;
        double side = Math.Min(rows, columns);
        double flops = 5 * ((4 * side * side * Math.Max(rows, columns)) + (2 * side * side * side));
        DeviceBuffer p = Random(backend, arena, count), g = Random(backend, arena, count), m = arena.Floats(count), norm = arena.Floats(2), scratch = arena.Floats(backend.MuonScratchLength(rows, columns));
        backend.GlobalNorm(g, 1f, norm);
        PairedTiming.Result r = timing.Measure(flops, () => backend.Muon(new MuonStep(0.02f, 0.95f, 0f), rows, columns, p, g, m, norm, scratch));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Muon {rows}x{columns,-32} {1e3 * r.BestSeconds,7:F3} / {1e3 * r.MedianSeconds,7:F3} ms   share of the multiply-add peak {100 * r.MedianShare:F1} %"));
    }

    private static DeviceBuffer Random(CpuBackend backend, DeviceArena arena, long length)
    {
        DeviceBuffer buffer = arena.Floats(length);
        backend.Upload<float>(PairedTiming.Random(3, length, 3f), buffer);
        return buffer;
    }

    private static void Print(string name, long elements, int bytesPerElement, PairedTiming.Result r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-42} {1e9 * r.BestSeconds / elements,7:F3} / {1e9 * r.MedianSeconds / elements,7:F3} ns {bytesPerElement * elements / r.MedianSeconds / 1e9,7:F1} GB/s"));
}
