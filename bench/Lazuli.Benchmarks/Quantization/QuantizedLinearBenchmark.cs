using System.Diagnostics;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>The linear layers of a 1.1B Llama shape in stored formats: bytes of weights a second beside a slice of memory read, operations a second beside the peaks.</summary>
/// <remarks>
/// Each window multiplies the weights of some layers, one after another, larger together than the caches; around it lie slices of the limits, whose mean the share refers to.
/// With <c>--processor-time</c> seconds are this process's processor time divided by its threads, which others who use the machine lengthen less; one thread then says most.
/// A window whose two slices of multiply-add differ by more than a tenth is taken again: others used the machine. Medians.
/// </remarks>
internal static class QuantizedLinearBenchmark
{
    private const int Width = 2048, KeyValue = 256, FeedForward = 5632, Vocabulary = 32000, Layers = 22;

    private static bool s_processorTime;
    private static int s_threads;

    public static void Run(string[] args)
    {
        using var backend = new CpuBackend(PairedTiming.Option(args, "--threads", 0));
        int repeats = PairedTiming.Option(args, "--repeats", 7);
        string filter = Array.IndexOf(args, "--filter") is int at and >= 0 && at + 1 < args.Length ? args[at + 1] : string.Empty;
        int only = PairedTiming.Option(args, "--rows", 0);
        s_processorTime = args.Contains("--processor-time");
        s_threads = backend.ThreadCount;
        MachineLimitsReport limits = MachineLimits.Measure(backend);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"threads {backend.ThreadCount}, tier {backend.Tier}; multiply-add {limits.FmaGflopsPerSecond:F0} GFLOP/s, int8 {limits.Int8DotGopsPerSecond:F0} GOP/s in 16-bit sums, {limits.Int8SignedDotGopsPerSecond:F0} signed by signed, read {limits.ReadSmallPagesFourStreamsGBPerSecond:F1} (4 KiB pages, 4 streams) {limits.ReadHugePagesFourStreamsGBPerSecond:F1} (huge) GB/s"));
        Console.WriteLine("format  rows   ms/layer    GB/s  of read    GOP/s  of FMA  of int8   tok/s (22 layers + head)");
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            if (format == WeightFormat.F32 || !format.ToString().Contains(filter, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            using var model = new Layer(backend, format);
            foreach (int rows in new[] { 1, 2, 4, 8, 16, 512 })
            {
                if (only == 0 || only == rows)
                {
                    Measure(backend, model, rows, repeats, limits);
                }
            }
        }
    }

    private static void Measure(CpuBackend backend, Layer model, int rows, int repeats, MachineLimitsReport limits)
    {
        using var reading = new ReadSlice(backend);
        model.Multiply(rows);
        int calls = Math.Max(1, (int)(0.1 / model.Seconds(rows, 1)));
        double[] seconds = new double[repeats], read = new double[repeats], fma = new double[repeats];
        for (int i = 0, tries = 0; i < repeats; tries++)
        {
            double fmaBefore = Fma(backend), readBefore = reading.Measure();
            seconds[i] = model.Seconds(rows, calls) / calls;
            double readAfter = reading.Measure(), fmaAfter = Fma(backend);
            read[i] = Math.Max(readBefore, readAfter);
            fma[i] = (fmaBefore + fmaAfter) / 2;
            if (tries >= 5 * repeats || Math.Abs(fmaBefore - fmaAfter) < 0.1 * fma[i])
            {
                i++;
            }
        }

        double time = Median(seconds), gigabytes = model.Bytes / time / 1e9, operations = 2.0 * rows * model.Weights / time / 1e9;
        double readShare = Median([.. seconds.Zip(read, (s, r) => model.Bytes / s / 1e9 / r)]), fmaShare = Median([.. seconds.Zip(fma, (s, f) => 2.0 * rows * model.Weights / s / 1e9 / f)]);
        double int8Share = fmaShare * limits.FmaGflopsPerSecond / (model.Format == WeightFormat.Q8_0 ? limits.Int8SignedDotGopsPerSecond : limits.Int8DotGopsPerSecond);
        double whole = (double)Layers * model.LayerWeights + ((double)Vocabulary * Width);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Format,-6} {rows,5} {1e3 * time / model.Copies,10:F3} {gigabytes,7:F1} {100 * readShare,6:F1} % {operations,8:F1} {100 * fmaShare,5:F1} % {100 * int8Share,6:F1} % {rows / (time * whole / model.Weights),10:F1}   (read {Median(read):F1} GB/s, multiply-add {Median(fma):F0} GFLOP/s)"));
    }

    private static double Now() => s_processorTime ? Environment.CpuUsage.TotalTime.TotalSeconds / s_threads : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static double Fma(CpuBackend backend)
    {
        if (!s_processorTime)
        {
            return MachineLimits.MeasureFmaSlice(backend);
        }

        double start = Now();
        long flop = MachineLimits.CountFmaFlop(backend, 0.05);
        return flop / ((Now() - start) * 1e9);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Weights of some layers in ordinary pages, as a mapped file has them.</summary>
    private sealed unsafe class Layer : IDisposable
    {
        private readonly CpuBackend _backend;
        private readonly DeviceArena _arena;
        private readonly NativeBlock _block;
        private readonly QuantizedWeight[][] _layers;
        private readonly DeviceBuffer _x, _y;

        public Layer(CpuBackend backend, WeightFormat format)
        {
            _backend = backend;
            Format = format;
            long layerBytes = 0;
            (int In, int[] Out)[] shapes = [(Width, [Width, KeyValue, KeyValue]), (Width, [Width]), (Width, [FeedForward, FeedForward]), (FeedForward, [Width])];
            foreach ((int inputs, int[] outputs) in shapes)
            {
                layerBytes += outputs.Sum() * WeightFormats.RowBytes(format, inputs);
                LayerWeights += (long)inputs * outputs.Sum();
            }

            Copies = (int)Math.Max(4, 200_000_000 / layerBytes);
            _block = NativePages.Allocate(layerBytes * Copies, hugePages: false);
            FillBlocks(format, (byte*)_block.Start, layerBytes * Copies);
            var layers = new List<QuantizedWeight[]>();
            nint at = _block.Start;
            for (int copy = 0; copy < Copies; copy++)
            {
                foreach ((int inputs, int[] outputs) in shapes)
                {
                    var parts = new List<QuantizedWeight>();
                    foreach (int output in outputs)
                    {
                        long bytes = output * WeightFormats.RowBytes(format, inputs);
                        parts.Add(new QuantizedWeight(format, output, backend.MapBytes(at, bytes), default));
                        at += (nint)bytes;
                    }

                    layers.Add([.. parts]);
                }
            }

            _layers = [.. layers];
            Bytes = layerBytes * Copies;
            Weights = LayerWeights * Copies;
            _arena = backend.CreateArena("quantized");
            _x = _arena.Floats(512L * FeedForward);
            _y = _arena.Floats(512L * 2 * FeedForward);
            backend.Upload<float>(PairedTiming.Random(1, _x.Length, 1f), _x);
        }

        public WeightFormat Format { get; }

        public int Copies { get; }

        public long Bytes { get; }

        public long Weights { get; }

        public long LayerWeights { get; }

        public void Multiply(int rows)
        {
            foreach (QuantizedWeight[] parts in _layers)
            {
                int outputs = 0;
                foreach (QuantizedWeight part in parts)
                {
                    outputs += part.Out;
                }

                int inputs = (int)(parts[0].Rows.Length / parts[0].Out / WeightFormats.BlockBytes(Format) * WeightFormats.BlockLength(Format));
                _backend.LinearQuantized(rows, inputs, _x.Slice(0, (long)rows * inputs), parts, _y.Slice(0, (long)rows * outputs));
            }
        }

        public double Seconds(int rows, int calls)
        {
            double start = Now();
            for (int i = 0; i < calls; i++)
            {
                Multiply(rows);
            }

            return Now() - start;
        }

        public void Dispose()
        {
            _arena.Dispose();
            NativePages.Free(_block);
        }

        /// <summary>Any bytes are weights, but halves stay small and finite.</summary>
        private static void FillBlocks(WeightFormat format, byte* to, long length)
        {
            var random = new Random(1);
            var pattern = new byte[WeightFormats.BlockBytes(format) * 4096];
            random.NextBytes(pattern);
            int step = WeightFormats.BlockBytes(format);
            int[] halves = format switch
            {
                WeightFormat.F16 or WeightFormat.BF16 => [0],
                WeightFormat.Q4_K or WeightFormat.Q5_K => [0, 2],
                WeightFormat.Q6_K => [208],
                _ => [0],
            };
            for (int block = 0; block < pattern.Length; block += step)
            {
                foreach (int half in halves)
                {
                    pattern[block + half + 1] = (byte)((pattern[block + half + 1] & 0x83) | (format == WeightFormat.BF16 ? 0x3C : 0x20));
                }
            }

            for (long at = 0; at < length; at += pattern.Length)
            {
                pattern.AsSpan(0, (int)Math.Min(pattern.Length, length - at)).CopyTo(new Span<byte>(to + at, (int)Math.Min(pattern.Length, length - at)));
            }
        }
    }

    /// <summary>Reads 128 MB in ordinary pages, four streams a thread: what streaming weights could reach at that moment.</summary>
    private sealed unsafe class ReadSlice : IDisposable
    {
        private const int Tiles = 32;

        private readonly CpuBackend _backend;
        private readonly NativeBlock _block;

        public ReadSlice(CpuBackend backend)
        {
            _backend = backend;
            _block = NativePages.Allocate((long)Tiles * MemoryTrafficJob.TileFloats * sizeof(float), hugePages: false);
            new Span<float>((float*)_block.Start, Tiles * MemoryTrafficJob.TileFloats).Fill(1f);
        }

        /// <summary>The better of one and of four streams, in GB/s.</summary>
        public double Measure() => Math.Max(Read(MemoryTraffic.ReadOneStream), Read(MemoryTraffic.ReadFourStreams));

        public void Dispose() => NativePages.Free(_block);

        private double Read(MemoryTraffic traffic)
        {
            float* sink = stackalloc float[Tiles];
            var a = (float*)_block.Start;
            var job = new MemoryTrafficJob(traffic, a, a, a, sink);
            double start = Now();
            _backend.Pool.Run(ref job, Tiles);
            return (double)Tiles * MemoryTrafficJob.TileFloats * sizeof(float) / (Now() - start) / 1e9;
        }
    }
}
