using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Lazuli.Numerics;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli doctor</c>: what this machine has, what is missing, what to do about it.</summary>
internal static class DoctorCommand
{
    private const long EnoughMemoryBytes = 3L << 30;
    private const long EnoughDiskBytes = 2L << 30;

    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("doctor", "Check this machine and this installation.") { json };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, bool json)
    {
        Finding[] findings = [Processor(), Memory(), HugePages(), HomeFolder(), Disk(), Settings(), Port()];
        if (json)
        {
            terminal.WriteJson(findings);
        }
        else
        {
            terminal.WriteTable(["", "check", "found", "advice"], findings.Select(f => new[] { f.Good ? "ok" : f.Fatal ? "BAD" : "note", f.Check, f.Found, f.Advice }));
        }

        return findings.Any(f => f is { Good: false, Fatal: true }) ? ExitCode.Failed : ExitCode.Done;
    }

    private static Finding Processor()
    {
        using var backend = new CpuBackend(1);
        bool fast = backend.Tier is InstructionTier.Avx2 or InstructionTier.Avx512;
        return new Finding("processor", $"{Environment.ProcessorCount} × {RuntimeInformation.ProcessArchitecture}, {backend.Tier}", fast, Fatal: false, fast ? string.Empty : "Everything works, slowly: AVX2 with FMA is the floor for speed.");
    }

    private static Finding Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        bool enough = bytes >= EnoughMemoryBytes;
        return new Finding("memory", Gigabytes(bytes), enough, Fatal: false, enough ? string.Empty : "The quickstart wants 3 GB.");
    }

    private static Finding HugePages()
    {
        const string Switch = "/sys/kernel/mm/transparent_hugepage/enabled";
        string found = File.Exists(Switch) ? File.ReadAllText(Switch).Trim() : "not this system";
        bool good = !found.Contains("[never]", StringComparison.Ordinal);
        return new Finding("huge pages", found, good, Fatal: false, good ? string.Empty : $"Training is slower without; 'echo madvise > {Switch}' as root turns them on.");
    }

    private static Finding HomeFolder()
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        try
        {
            Directory.CreateDirectory(home.Root);
            string probe = Path.Combine(home.Root, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "probe");
            File.Delete(probe);
            return new Finding("home", home.Root, Good: true, Fatal: true, string.Empty);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("home", home.Root, Good: false, Fatal: true, $"{e.Message} Set {LazuliHome.EnvironmentVariable} to a folder that you may write.");
        }
    }

    private static Finding Disk()
    {
        string root = LazuliHome.FromEnvironment().Root;
        try
        {
            long free = new DriveInfo(root).AvailableFreeSpace;
            bool enough = free >= EnoughDiskBytes;
            return new Finding("disk", $"{Gigabytes(free)} free", enough, Fatal: false, enough ? string.Empty : "Checkpoints and data sets want some gigabytes.");
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return new Finding("disk", "unknown", Good: false, Fatal: false, e.Message);
        }
    }

    private static Finding Settings()
    {
        try
        {
            int changed = SettingsReader.Read(LazuliHome.FromEnvironment()).Values.Count(v => v.Origin != "default");
            return new Finding("settings", $"{changed} changed from their defaults", Good: true, Fatal: true, string.Empty);
        }
        catch (CommandException e)
        {
            return new Finding("settings", "bad", Good: false, Fatal: true, e.Message);
        }
    }

    private static Finding Port()
    {
        ServeSettings serve;
        try
        {
            serve = SettingsReader.Read(LazuliHome.FromEnvironment()).Serve;
        }
        catch (CommandException)
        {
            return new Finding("port", "unknown", Good: false, Fatal: false, "Mend the settings first.");
        }

        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, serve.Port);
            listener.Start();
            return new Finding("port", $"{serve.Port} is free", Good: true, Fatal: false, string.Empty);
        }
        catch (SocketException e)
        {
            return new Finding("port", $"{serve.Port}: {e.Message}", Good: false, Fatal: false, "Something listens there (perhaps Lazuli itself); 'lazuli serve --port N' takes another.");
        }
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB");

    private sealed record Finding(string Check, string Found, bool Good, bool Fatal, string Advice);
}
