using System.Diagnostics;

namespace Lazuli.EndToEnd.Tests;

/// <summary>The built program, run as a user runs it: a process of its own, a home of its own.</summary>
internal sealed class LazuliProgram : IDisposable
{
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(8);
    private static readonly string s_program = FindProgram();
    private readonly List<Process> _started = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lazuli-home-");

    public string Home => _home.FullName;

    /// <summary>Where the program is run; the home itself when not set.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Variables of what is started from now on, beside those of this process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Runs to the end.</summary>
    public Task<Finished> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs to the end, with something on standard input.</summary>
    public async Task<Finished> RunWithInputAsync(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_most);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"lazuli {string.Join(' ', arguments)} did not end within {s_most}.", e);
        }

        return new Finished(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts and returns; the caller ends it.</summary>
    public Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = WorkingFolder ?? Home, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        info.ArgumentList.Add(s_program);
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (string name in info.Environment.Keys.Where(k => k.StartsWith("LAZULI_", StringComparison.Ordinal)).ToArray())
        {
            info.Environment.Remove(name);
        }

        info.Environment["LAZULI_HOME"] = Home;
        info.Environment.Remove("HF_TOKEN");
        foreach ((string name, string value) in Environment)
        {
            info.Environment[name] = value;
        }

        Process process = Process.Start(info)!;
        _started.Add(process);
        return process;
    }

    /// <summary>Asks a process to end as an operator would.</summary>
    public static async Task<int> TerminateAsync(Process process)
    {
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Ends what a failed test left running, by the handles it was started with, and removes the home.</summary>
    public void Dispose()
    {
        foreach (Process process in _started)
        {
            EndQuietly(process);
        }

        _home.Delete(recursive: true);
    }

    private static void EndQuietly(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // Ended and disposed by its test: as it should be.
        }
    }

    // The release build, which ./test makes first: kernels without optimisation would make these tests take an hour.
    private static string FindProgram()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Lazuli.slnx")))
        {
            at = at.Parent;
        }

        string release = Path.Combine(at?.FullName ?? string.Empty, "artifacts", "bin", "Lazuli.Cli", "release", "lazuli.dll");
        return File.Exists(release) ? release : Path.Combine(AppContext.BaseDirectory, "lazuli.dll");
    }

    /// <summary>What a process said and how it ended.</summary>
    internal sealed record Finished(int ExitCode, string Output, string Errors);
}
