using System.Diagnostics;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>The linear layers of a 1.1B Llama shape in stored formats: bytes of weights a second beside a slice of memory read, operations a second beside the peaks.</summary>
/// <remarks>
/// Each call is timed by itself, over the weights of several layers, larger together than the caches; slices of the limits lie between passes. What counts is the
/// time that a tenth of the calls of a shape keep, and the same of the slices: on a quiet machine close to the median, on a busy one what is left of it.
/// </remarks>
internal static class QuantizedLinearBenchmark
{
    private const int Width = 2048, KeyValue = 256, FeedForward = 5632, Vocabulary = 32000, Layers = 22;

    public static void Run(string[] args)
    {
        using var backend = new CpuBackend(PairedTiming.Option(args, "--threads", 0));
        int repeats = PairedTiming.Option(args, "--repeats", 7);
        string filter = Array.IndexOf(args, "--filter") is int at and >= 0 && at + 1 < args.Length ? args[at + 1] : string.Empty;
        int only = PairedTiming.Option(args, "--rows", 0);
        MachineLimitsReport limits = MachineLimits.Measure(backend);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"threads {backend.ThreadCount}, tier {backend.Tier}; multiply-add {limits.FmaGflopsPerSecond:F0} GFLOP/s, int8 {limits.Int8DotGopsPerSecond:F0} GOP/s in 16-bit sums, {limits.Int8SignedDotGopsPerSecond:F0} signed by signed, read {limits.ReadSmallPagesFourStreamsGBPerSecond:F1} (4 KiB pages, 4 streams) {limits.ReadHugePagesFourStreamsGBPerSecond:F1} (huge) GB/s"));
        Console.WriteLine("format layout  rows   ms/layer    GB/s  of read    GOP/s  of FMA  of int8   tok/s (22 layers + head)");
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            if (format == WeightFormat.F32 || !format.ToString().Contains(filter, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (WeightLayout layout in Enum.GetValues<WeightLayout>())
            {
                using var model = new Layer(backend, format, layout);
                foreach (int rows in new[] { 1, 2, 4, 8, 16, 512 })
                {
                    if (only == 0 || only == rows)
                    {
                        Measure(backend, model, rows, repeats, limits);
                    }
                }
            }
        }
    }

    private static void Measure(CpuBackend backend, Layer model, int rows, int repeats, MachineLimitsReport limits)
    {
        using var reading = new ReadSlice(backend);
        List<double>[] seconds = [[], [], [], []];
        List<double> read = [], multiply = [];
        model.Multiply(rows, seconds);
        Array.ForEach(seconds, list => list.Clear());
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats || Stopwatch.GetElapsedTime(start).TotalSeconds < 0.1 * repeats; i++)
        {
            reading.Measure(read);
            for (int k = 0; k < 8; k++)
            {
                multiply.Add(1 / MachineLimits.MeasureFmaSlice(backend, 0.3));
            }

            model.Multiply(rows, seconds);
        }

        double layer = seconds.Sum(Tenth), peak = 1 / Tenth(multiply), bandwidth = 1 / Tenth(read);
        double gigabytes = model.LayerBytes / layer / 1e9, operations = 2.0 * rows * model.LayerWeights / layer / 1e9;
        double int8 = model.Format == WeightFormat.Q8_0 ? limits.Int8SignedDotGopsPerSecond : limits.Int8DotGopsPerSecond;
        double int8Share = operations / peak * limits.FmaGflopsPerSecond / int8;
        double whole = Layers + ((double)Vocabulary * Width / model.LayerWeights);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Format,-6} {model.Layout,-6} {rows,5} {1e3 * layer,10:F3} {gigabytes,7:F1} {100 * gigabytes / bandwidth,6:F1} % {operations,8:F1} {100 * operations / peak,5:F1} % {100 * int8Share,6:F1} % {rows / (layer * whole),10:F1}   (read {bandwidth:F1} GB/s, multiply-add {peak:F0} GFLOP/s)"));
    }

    /// <summary>The time that a tenth keep.</summary>
    private static double Tenth(List<double> seconds)
    {
        seconds.Sort();
        return seconds[seconds.Count / 10];
    }

    /// <summary>Weights of some layers in ordinary pages, as a mapped file has them.</summary>
    private sealed unsafe class Layer : IDisposable
    {
        private readonly CpuBackend _backend;
        private readonly DeviceArena _arena;
        private readonly NativeBlock _block;
        private readonly QuantizedWeight[][] _layers;
        private readonly DeviceBuffer _x, _y;

        public Layer(CpuBackend backend, WeightFormat format, WeightLayout layout)
        {
            _backend = backend;
            Format = format;
            Layout = layout;
            long layerBytes = 0;
            (int In, int[] Out)[] shapes = [(Width, [Width, KeyValue, KeyValue]), (Width, [Width]), (Width, [FeedForward, FeedForward]), (FeedForward, [Width])];
            foreach ((int inputs, int[] outputs) in shapes)
            {
                layerBytes += outputs.Sum() * WeightFormats.RowBytes(format, inputs);
                LayerWeights += (long)inputs * outputs.Sum();
            }

            int copies = (int)Math.Max(4, 200_000_000 / layerBytes);
            _block = NativePages.Allocate(layerBytes * copies, hugePages: false);
            FillBlocks(format, (byte*)_block.Start, layerBytes * copies);
            var layers = new List<QuantizedWeight[]>();
            nint at = _block.Start;
            for (int copy = 0; copy < copies; copy++)
            {
                foreach ((int inputs, int[] outputs) in shapes)
                {
                    var parts = new List<QuantizedWeight>();
                    foreach (int output in outputs)
                    {
                        long bytes = output * WeightFormats.RowBytes(format, inputs);
                        parts.Add(new QuantizedWeight(format, output, backend.MapBytes(at, bytes), default, layout));
                        at += (nint)bytes;
                    }

                    layers.Add([.. parts]);
                }
            }

            _layers = [.. layers];
            LayerBytes = layerBytes;
            _arena = backend.CreateArena("quantized");
            _x = _arena.Floats(512L * FeedForward);
            _y = _arena.Floats(512L * 2 * FeedForward);
            backend.Upload<float>(PairedTiming.Random(1, _x.Length, 1f), _x);
        }

        public WeightFormat Format { get; }

        public WeightLayout Layout { get; }

        public long LayerBytes { get; }

        public long LayerWeights { get; }

        /// <summary>All layers, each call timed: queries, keys and values; output; gate and up; down.</summary>
        public void Multiply(int rows, List<double>[] seconds)
        {
            for (int i = 0; i < _layers.Length; i++)
            {
                QuantizedWeight[] parts = _layers[i];
                int outputs = 0;
                foreach (QuantizedWeight part in parts)
                {
                    outputs += part.Out;
                }

                int inputs = (int)(parts[0].Rows.Length / parts[0].Out / WeightFormats.BlockBytes(Format) * WeightFormats.BlockLength(Format));
                DeviceBuffer x = _x.Slice(0, (long)rows * inputs), y = _y.Slice(0, (long)rows * outputs);
                long start = Stopwatch.GetTimestamp();
                _backend.LinearQuantized(rows, inputs, x, parts, y);
                seconds[i % 4].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
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
                WeightFormat.Q4_K or WeightFormat.Q5_K or WeightFormat.Q4_1 or WeightFormat.Q5_1 => [0, 2],
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

    /// <summary>Reads ordinary pages in four streams a thread, 16 MB at a time: what streaming weights could reach at that moment.</summary>
    private sealed unsafe class ReadSlice : IDisposable
    {
        private const int Tiles = 32, TilesOfSlice = 4;

        private readonly CpuBackend _backend;
        private readonly NativeBlock _block;

        public ReadSlice(CpuBackend backend)
        {
            _backend = backend;
            _block = NativePages.Allocate((long)Tiles * MemoryTrafficJob.TileFloats * sizeof(float), hugePages: false);
            new Span<float>((float*)_block.Start, Tiles * MemoryTrafficJob.TileFloats).Fill(1f);
        }

        /// <summary>Adds seconds a gigabyte of each slice.</summary>
        public void Measure(List<double> seconds)
        {
            float* sink = stackalloc float[TilesOfSlice];
            for (int tile = 0; tile < Tiles; tile += TilesOfSlice)
            {
                float* a = (float*)_block.Start + ((nint)tile * MemoryTrafficJob.TileFloats);
                var job = new MemoryTrafficJob(MemoryTraffic.ReadFourStreams, a, a, a, sink);
                long start = Stopwatch.GetTimestamp();
                _backend.Pool.Run(ref job, TilesOfSlice);
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / (TilesOfSlice * (double)MemoryTrafficJob.TileFloats * sizeof(float) / 1e9));
            }
        }

        public void Dispose() => NativePages.Free(_block);
    }
}
