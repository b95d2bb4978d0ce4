using System.ComponentModel;
using System.Diagnostics;

namespace Lazuli.Training;

/// <summary>Finds the XML reference documentation that a .NET SDK carries: <c>packs/*/VERSION/ref/net10.0/*.xml</c> beside its <c>sdk</c> folder.</summary>
public static class SdkReferenceFiles
{
    private const string Framework = "net10.0";

    /// <summary>Asks <c>dotnet --list-sdks</c> where SDKs are and lists their documentation files; empty where there are none or no <c>dotnet</c>.</summary>
    public static IReadOnlyList<string> Find() => FindIn(ParseRoots(ListSdks()));

    /// <summary>The installation roots in the output of <c>dotnet --list-sdks</c>: lines such as <c>10.0.401 [/usr/share/dotnet/sdk]</c>, whose root is <c>/usr/share/dotnet</c>.</summary>
    internal static IReadOnlyList<string> ParseRoots(string output)
    {
        var roots = new List<string>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int open = line.IndexOf('[', StringComparison.Ordinal);
            if (open < 0 || !line.EndsWith(']'))
            {
                continue;
            }

            string? root = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(line[(open + 1)..^1]));
            if (!string.IsNullOrEmpty(root) && !roots.Contains(root, StringComparer.Ordinal))
            {
                roots.Add(root);
            }
        }

        return roots;
    }

    /// <summary>The files below the given roots, of each pack's newest version only, in ordinal order of pack and name.</summary>
    internal static IReadOnlyList<string> FindIn(IEnumerable<string> roots)
    {
        var newest = new SortedDictionary<string, (Version Version, string Folder)>(StringComparer.Ordinal);
        foreach (string pack in roots.Select(r => Path.Combine(r, "packs")).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories))
        {
            foreach (string versionFolder in Directory.EnumerateDirectories(pack))
            {
                string folder = Path.Combine(versionFolder, "ref", Framework);
                string number = Path.GetFileName(versionFolder).Split('-')[0];
                if (!Directory.Exists(folder) || !Version.TryParse(number, out Version? version))
                {
                    continue;
                }

                string name = Path.GetFileName(pack);
                if (!newest.TryGetValue(name, out (Version Version, string Folder) known) || version > known.Version)
                {
                    newest[name] = (version, folder);
                }
            }
        }

        return [.. newest.Values.SelectMany(p => Directory.EnumerateFiles(p.Folder, "*.xml").Order(StringComparer.Ordinal))];
    }

    private static string ListSdks()
    {
        var start = new ProcessStartInfo("dotnet", "--list-sdks")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        if (!string.IsNullOrEmpty(host) && File.Exists(host))
        {
            start.FileName = host;
        }

        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
            process.ErrorDataReceived += (_, _) => { }; // drained, so that a talkative host cannot block on a full pipe
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (Win32Exception)
        {
            return "";
        }
    }
}
