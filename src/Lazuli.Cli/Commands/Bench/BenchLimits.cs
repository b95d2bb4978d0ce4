using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench limits</c>: what the machine can do at most, with one thread and with all; written to the home as this machine's hardware profile.</summary>
internal static class BenchLimits
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("limits", "Measure arithmetic peaks and memory bandwidth: the best of several short slices. Writes this machine's hardware profile to the home.") { json };
        command.SetAction((parsed, _) => RunAsync(terminal, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, bool json)
    {
        await using Installation installation = Installation.Open();
        MeasuredMachine machine = Measure(Environment.ProcessorCount);
        MachineLimitsReport[] reports = Environment.ProcessorCount > 1 ? [MeasureOneThread(), machine.Limits] : [machine.Limits];
        HardwareProfile profile = MachineProfile.Of(machine, SettingsReader.Read(installation.Home).Compute, installation.Time.GetUtcNow());
        string path = HardwareCatalog.Save(MachineProfile.Folder(installation.Home), profile);
        if (json)
        {
            terminal.WriteJson(reports);
            return ExitCode.Done;
        }

        (string Name, string Unit, Func<MachineLimitsReport, double> Value)[] rows =
        [
            ("fp32 fused multiply-add, registers", "GFLOP/s (1e9; an FMA is 2)", r => r.FmaGflopsPerSecond),
            ("int8 dot product, 16-bit sums", "GOP/s (1e9)", r => r.Int8DotGopsPerSecond),
            ("int8 signed × signed, 32-bit sums", "GOP/s", r => r.Int8SignedDotGopsPerSecond),
            ("memory read, 4 KiB pages, 1 stream a thread", "GB/s (1e9 B)", r => r.ReadSmallPagesOneStreamGBPerSecond),
            ("memory read, 4 KiB pages, 4 streams a thread", "GB/s", r => r.ReadSmallPagesFourStreamsGBPerSecond),
            ("memory read, huge pages, 1 stream a thread", "GB/s", r => r.ReadHugePagesOneStreamGBPerSecond),
            ("memory read, huge pages, 4 streams a thread", "GB/s", r => r.ReadHugePagesFourStreamsGBPerSecond),
            ("memory copy, reads and writes counted", "GB/s", r => r.CopyGBPerSecond),
            ("triad a = b + s·c, 2 reads and 1 write", "GB/s", r => r.TriadGBPerSecond),
        ];
        terminal.WriteTable(
            ["limit", .. reports.Select(r => r.Threads == 1 ? "1 thread" : $"{r.Threads} threads"), "unit"],
            rows.Select(row => (string[])[row.Name, .. reports.Select(r => row.Value(r).ToString("F1", CultureInfo.InvariantCulture)), row.Unit]));
        terminal.WriteTable(
            ["", ""],
            [
                ["instructions", reports[0].Tier.ToString()],
                ["product share", string.Create(CultureInfo.InvariantCulture, $"{machine.ProductShare * 100:F1} % of the multiply-add peak: a product of {OperatorLimits.Product.Rows} × {OperatorLimits.Product.In} × {OperatorLimits.Product.Out}, all threads")],
                ["operator start", string.Create(CultureInfo.InvariantCulture, $"{machine.StartSeconds * 1e6:F1} µs: what an operator spends on starting and joining its threads")],
                ["profile", $"{profile.Name}, {profile.MeasuredAt:u}, written to {path}"],
            ]);
        return ExitCode.Done;
    }

    private static MachineLimitsReport MeasureOneThread()
    {
        using var backend = new CpuBackend(1);
        return MachineLimits.Measure(backend);
    }

    private static MeasuredMachine Measure(int threads)
    {
        using var backend = new CpuBackend(threads);
        return new MeasuredMachine(MachineLimits.Measure(backend), OperatorLimits.MeasureProductShare(backend), OperatorLimits.MeasureStartSeconds(backend));
    }
}
