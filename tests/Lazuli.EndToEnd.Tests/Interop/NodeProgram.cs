using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Runs one of the scripts beside the tests with the packages that <c>./test --install</c> installs.</summary>
internal static class NodeProgram
{
    private const string Variable = "LAZULI_TEST_NODE_MODULES";

    /// <summary>Skips the running test unless the packages are there.</summary>
    public static void SkipUnlessInstalled(params string[] packages)
    {
        string? modules = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(!string.IsNullOrEmpty(modules), $"{Variable} names no folder with Node packages; ./test --install installs them.");
        foreach (string package in packages)
        {
            Assert.SkipUnless(Directory.Exists(Path.Combine(modules!, package)), $"{modules} lacks {package}; ./test --install installs it.");
        }
    }

    /// <summary>Runs <paramref name="script"/> with <paramref name="question"/> and gives its answer, the last line that it prints.</summary>
    public static async Task<JsonObject> AskAsync(string script, JsonObject question, CancellationToken cancellationToken)
    {
        question["modules"] = Path.GetFullPath(Environment.GetEnvironmentVariable(Variable)!);
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, question.ToJsonString(), cancellationToken);
            var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Interop", script), file]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> talk = process.StandardError.ReadToEndAsync(cancellationToken);
            string answer = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {await talk}");
            return JsonNode.Parse(answer.TrimEnd().Split('\n')[^1])!.AsObject();
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>An array of numbers or texts in an answer.</summary>
    public static T[] Items<T>(this JsonNode? node) => node.Deserialize<T[]>()!;
}
