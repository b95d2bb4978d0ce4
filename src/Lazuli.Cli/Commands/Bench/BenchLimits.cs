using System.CommandLine;
using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench limits</c>: what the machine can do at most, with one thread and with all.</summary>
internal static class BenchLimits
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("limits", "Measure arithmetic peaks and memory bandwidth: the best of several short slices.") { json };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, bool json)
    {
        MachineLimitsReport[] reports = [.. new[] { 1, Environment.ProcessorCount }.Distinct().Select(Measure)];
        if (json)
        {
            terminal.WriteJson(reports);
            return ExitCode.Done;
        }

        (string Name, string Unit, Func<MachineLimitsReport, double> Value)[] rows =
        [
            ("fp32 fused multiply-add, registers", "GFLOP/s (1e9; an FMA is 2)", r => r.FmaGflopsPerSecond),
            ("int8 dot product, 16-bit sums", "GOP/s (1e9)", r => r.Int8DotGopsPerSecond),
            ("memory read, 4 KiB pages, 1 stream a thread", "GB/s (1e9 B)", r => r.ReadSmallPagesOneStreamGBPerSecond),
            ("memory read, huge pages, 1 stream a thread", "GB/s", r => r.ReadHugePagesOneStreamGBPerSecond),
            ("memory read, huge pages, 4 streams a thread", "GB/s", r => r.ReadHugePagesFourStreamsGBPerSecond),
            ("memory copy, reads and writes counted", "GB/s", r => r.CopyGBPerSecond),
            ("triad a = b + s·c, 2 reads and 1 write", "GB/s", r => r.TriadGBPerSecond),
        ];
        terminal.WriteTable(
            ["limit", .. reports.Select(r => r.Threads == 1 ? "1 thread" : $"{r.Threads} threads"), "unit"],
            rows.Select(row => (string[])[row.Name, .. reports.Select(r => row.Value(r).ToString("F1", CultureInfo.InvariantCulture)), row.Unit]));
        terminal.Data.WriteLine($"instructions: {reports[0].Tier}");
        return ExitCode.Done;
    }

    private static MachineLimitsReport Measure(int threads)
    {
        using var backend = new CpuBackend(threads);
        return MachineLimits.Measure(backend);
    }
}
