using System.Globalization;
using System.Runtime.InteropServices;
using Lazuli.Compute;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>This machine as a hardware profile: limits as measured, memory and cache as the system tells them, power as the settings assume it.</summary>
internal static class MachineProfile
{
    /// <summary>Where the home keeps profiles.</summary>
    public static string Folder(LazuliHome home) => Path.Combine(home.Root, "hardware");

    /// <summary>The profile of what was measured at <paramref name="at"/>.</summary>
    public static HardwareProfile Of(MeasuredMachine measured, ComputeOptions settings, DateTimeOffset at)
    {
        int threads = measured.Limits.Threads;
        var peaks = new Dictionary<NumberType, double> { [NumberType.Fp32] = measured.Limits.FmaGflopsPerSecond * 1e9 };
        if (measured.Limits.Int8DotGopsPerSecond > 0)
        {
            peaks[NumberType.Int8] = measured.Limits.Int8DotGopsPerSecond * 1e9;
        }

        return new HardwareProfile
        {
            Name = NameOf(Environment.MachineName),
            Description = string.Create(CultureInfo.InvariantCulture, $"this machine: {threads} threads, {RuntimeInformation.ProcessArchitecture}, {measured.Limits.Tier}"),
            PeakFlopPerSecond = peaks,
            TrainingType = NumberType.Fp32,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            MemoryBytesPerSecond = measured.Limits.CopyGBPerSecond * 1e9,
            CacheBytes = LastLevelCacheBytes(),
            Watts = (double)settings.WattsPerThread * threads,
            WattsSource = string.Create(CultureInfo.InvariantCulture, $"assumed: {settings.WattsPerThread} W a thread (Compute:WattsPerThread)"),
            ProductShare = Math.Min(1, measured.ProductShare),
            OperatorSeconds = measured.StartSeconds,
            Source = "lazuli bench limits: best of several slices, all threads; memory rate is that of a copy, reads and writes counted",
            Status = ProfileStatus.MeasuredHere,
            MeasuredAt = at,
        };
    }

    /// <summary>The last cache of the first processor, as Linux tells it; null elsewhere.</summary>
    private static double? LastLevelCacheBytes()
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache";
        if (!Directory.Exists(Caches))
        {
            return null;
        }

        double[] sizes = [.. Directory.EnumerateDirectories(Caches, "index*").Select(d => SizeOf(Path.Combine(d, "size"))).Where(s => s > 0)];
        return sizes.Length > 0 ? sizes.Max() : null;
    }

    private static double SizeOf(string file)
    {
        try
        {
            string text = File.ReadAllText(file).Trim();
            int unit = text.EndsWith('K') ? 1 << 10 : text.EndsWith('M') ? 1 << 20 : 1;
            return double.TryParse(text.TrimEnd('K', 'M'), NumberStyles.None, CultureInfo.InvariantCulture, out double size) ? size * unit : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string NameOf(string machine)
    {
        const int Most = 64;
        string name = new([.. machine.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-').Take(Most)]);
        return name.Trim('.').Length > 0 ? name.Trim('.') : "this-machine";
    }
}
