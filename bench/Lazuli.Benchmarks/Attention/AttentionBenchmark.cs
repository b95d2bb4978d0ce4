using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Benchmarks;

/// <summary>Attention of the training recipes and of decoding, against the multiply-add peak of the same minute. Flop count the causal half: 2·B·H·T²·D forward, 5·B·H·T²·D backward.</summary>
internal static class AttentionBenchmark
{
    private static readonly (string Model, AttentionShape Shape)[] Shapes =
    [
        ("llama-15m", new AttentionShape(16, 256, 6, 6, 64)),
        ("gpt2-124m", new AttentionShape(4, 256, 12, 12, 64)),
        ("long", new AttentionShape(1, 2048, 12, 12, 64)),
        ("d32", new AttentionShape(8, 128, 8, 8, 32)),
        ("d128 gqa", new AttentionShape(2, 512, 16, 4, 128)),
    ];

    public static void Run(string[] args)
    {
        using var backend = new CpuBackend(PairedTiming.Option(args, "--threads", 0));
        var timing = new PairedTiming(backend, PairedTiming.Option(args, "--repeats", 9), args.Contains("--processor-time"));
        Console.WriteLine($"threads {backend.ThreadCount}, tier {backend.Tier}");
        foreach ((string model, AttentionShape shape) in Shapes)
        {
            Train(backend, timing, model, shape);
        }

        if (args.Contains("--naive"))
        {
            Naive(timing);
        }

        Decode(backend, timing, "decode 1 row at 1000", 1, 1);
        Decode(backend, timing, "decode 16 rows at 1000", 16, 1);
        Decode(backend, timing, "prefill 256 rows to 1000", 1, 256);
    }

    private static void Train(CpuBackend backend, PairedTiming timing, string model, AttentionShape shape)
    {
        using DeviceArena arena = backend.CreateArena("attention");
        long rows = (long)shape.Batch * shape.Time;
        DeviceBuffer qkv = arena.Floats(rows * shape.RowStride);
        DeviceBuffer dQkv = arena.Floats(rows * shape.RowStride);
        DeviceBuffer y = arena.Floats(rows * shape.Heads * shape.HeadSize);
        DeviceBuffer dy = arena.Floats(y.Length);
        DeviceBuffer logs = arena.Floats(rows * shape.Heads);
        backend.Upload<float>(PairedTiming.Random(1, qkv.Length, 1f), qkv);
        backend.Upload<float>(PairedTiming.Random(2, dy.Length, 1f), dy);
        double product = (double)rows * shape.Heads * shape.Time * shape.HeadSize;
        string name = string.Create(CultureInfo.InvariantCulture, $"{model,-10} B{shape.Batch} T{shape.Time} H{shape.Heads} G{shape.KeyValueHeads} D{shape.HeadSize}");
        Print(name + " forward", 2 * product, timing.Measure(2 * product, () => backend.CausalAttention(shape, qkv, y, logs)));
        Print(name + " backward", 5 * product, timing.Measure(5 * product, () => backend.CausalAttentionBackward(shape, qkv, y, logs, dy, dQkv)));
    }

    private static void Naive(PairedTiming timing)
    {
        float[] qkv = PairedTiming.Random(1, 4L * 256 * 3 * 384, 1f);
        var y = new float[4 * 256 * 384];
        double flops = 2.0 * 4 * 256 * 6 * 256 * 64;
        Print("naive      B4 T256 H6 D64 forward, 1 thread", flops, timing.Measure(flops, () => NaiveAttention.Forward(4, 256, 6, 64, qkv, y)));
    }

    private static void Decode(CpuBackend backend, PairedTiming timing, string name, int sequences, int rowsEach)
    {
        const int heads = 12, size = 64, page = 16, maxPages = 64, last = 999;
        int rows = sequences * rowsEach;
        using DeviceArena arena = backend.CreateArena("paged");
        var shape = new PagedAttentionShape(rows, heads, heads, size, page, maxPages);
        DeviceBuffer qkv = arena.Floats((long)rows * shape.RowStride);
        DeviceBuffer keys = arena.Floats((long)sequences * maxPages * page * heads * size);
        DeviceBuffer values = arena.Floats(keys.Length);
        DeviceBuffer y = arena.Floats((long)rows * heads * size);
        DeviceBuffer table = arena.Integers((long)sequences * maxPages);
        DeviceBuffer sequence = arena.Integers(rows);
        DeviceBuffer positions = arena.Integers(rows);
        backend.Upload<float>(PairedTiming.Random(1, qkv.Length, 1f), qkv);
        backend.Upload<float>(PairedTiming.Random(2, keys.Length, 1f), keys);
        backend.Upload<float>(PairedTiming.Random(3, keys.Length, 1f), values);
        backend.Upload<int>(Enumerable.Range(0, sequences * maxPages).ToArray(), table);
        backend.Upload<int>(Enumerable.Range(0, rows).Select(r => r / rowsEach).ToArray(), sequence);
        int[] places = Enumerable.Range(0, rows).Select(r => last + 1 - rowsEach + (r % rowsEach)).ToArray();
        backend.Upload<int>(places, positions);
        double keysSeen = places.Sum(p => p + 1.0);
        PairedTiming.Result result = timing.Measure(4 * keysSeen * heads * size, () => backend.PagedAttention(shape, qkv, keys, values, table, sequence, positions, y));
        double bytes = 2.0 * sequences * (last + 1) * heads * size * sizeof(float);
        Print(name, 4 * keysSeen * heads * size, result);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{string.Empty,-50} {bytes / result.MedianSeconds / 1e9,8:F1} GB/s of keys and values"));
    }

    private static void Print(string name, double flops, PairedTiming.Result r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-50} {1e3 * r.BestSeconds,8:F3} / {1e3 * r.MedianSeconds,8:F3} ms  {flops / r.MedianSeconds / 1e9,7:F1} GFLOP/s  share {100 * r.MedianShare,5:F1} % (best {100 * r.BestShare:F1} %)"));
}
