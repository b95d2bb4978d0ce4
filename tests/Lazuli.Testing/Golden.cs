using System.Runtime.CompilerServices;

namespace Lazuli.Testing;

/// <summary>Compares text with a file beside the test. <c>UPDATE_GOLDEN=1</c> rewrites the file.</summary>
public static class Golden
{
    /// <param name="actual">What came; ids, times and the like already made constant.</param>
    /// <param name="name">File name, in the folder <c>Golden</c> beside the calling test.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    public static void Matches(string actual, string name, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name);
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        string expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (expected == actual)
        {
            return;
        }

        File.WriteAllText(path + ".received", actual);
        throw new GoldenMismatchException($"{name} differs (UPDATE_GOLDEN=1 accepts it):\n{Difference(expected, actual)}");
    }

    private static string Difference(string expected, string actual)
    {
        string[] was = expected.Split('\n');
        string[] now = actual.Split('\n');
        var lines = new List<string>();
        for (int i = 0; i < Math.Max(was.Length, now.Length); i++)
        {
            string? left = i < was.Length ? was[i] : null;
            string? right = i < now.Length ? now[i] : null;
            if (left != right)
            {
                lines.Add($"line {i + 1}\n  - {left ?? "(none)"}\n  + {right ?? "(none)"}");
            }
        }

        return string.Join('\n', lines.Take(20));
    }
}
