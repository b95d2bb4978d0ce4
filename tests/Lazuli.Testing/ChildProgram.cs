using System.Diagnostics;
using System.Reflection;

namespace Lazuli.Testing;

/// <summary>Runs the calling test program a second time, in a mode of its own, as another process.</summary>
/// <remarks>
/// The test assembly has a module initialiser that calls <see cref="RunIfAsked"/>: in the child it runs the mode and ends the process
/// before any test runs. A mode stays on its own thread: until the initialiser ends, other threads wait at their first touch of the
/// test assembly.
/// </remarks>
public static class ChildProgram
{
    private const string Variable = "LAZULI_TEST_CHILD";

    /// <summary>In a child: runs the asked-for mode and exits. Otherwise does nothing.</summary>
    public static void RunIfAsked(IReadOnlyDictionary<string, Func<string, int>> modes)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } asked)
        {
            string[] parts = asked.Split('|', 2);
            Environment.Exit(modes[parts[0]](parts[1]));
        }
    }

    /// <summary>Starts a child; its output is read by the caller.</summary>
    /// <param name="mode">One of the modes.</param>
    /// <param name="argument">Given to it.</param>
    /// <param name="maxFileBytes">Files larger than this fail to grow, as on a full disk; a multiple of 1024.</param>
    public static Process Start(string mode, string argument, long? maxFileBytes = null)
    {
        string assembly = Assembly.GetEntryAssembly()!.Location;
        string program = Path.ChangeExtension(assembly, null);
        string command = File.Exists(program) ? $"exec '{program}'" : $"exec dotnet exec '{assembly}'";

        // The signal that comes with the limit would kill the child; ignored, the write fails as on a full disk.
        string limit = maxFileBytes is { } bytes ? $"trap '' XFSZ; ulimit -f {bytes / 1024}; " : "";
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(limit + command);
        start.Environment[Variable] = mode + "|" + argument;

        // The runtime's own shared memory would run into the file limit.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }
}
