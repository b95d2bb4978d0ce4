using System.IO.Compression;
using System.Text.Json;
using Lazuli.Storage;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Where an SDK carries no reference documentation (some distributions strip it), the same files from NuGet, asked for first.</summary>
internal static class ReferencePackage
{
    private const string Id = "microsoft.netcore.app.ref";
    private const string Feed = "https://api.nuget.org/v3-flatcontainer/";
    private const string VersionPrefix = "10.0.";
    private const long MostBytes = 200L << 20;

    /// <summary>The corpus paths of a quickstart: those named, else none (the SDK's own), else the fetched package's.</summary>
    /// <exception cref="CommandException">There is no documentation and none may be fetched, or the fetch failed.</exception>
    public static async Task<IReadOnlyList<string>> ResolveAsync(Terminal terminal, LazuliHome home, QuickstartOptions options, CancellationToken cancel)
    {
        if (options.Corpus.Count > 0 || SdkReferenceFiles.Find().Count > 0)
        {
            return options.Corpus;
        }

        string folder = Path.Combine(home.Root, "reference");
        if (Directory.Exists(folder))
        {
            return [folder];
        }

        if (!options.FetchReference && !await AgreesAsync(terminal).ConfigureAwait(false))
        {
            throw new CommandException("This .NET SDK carries no reference documentation. Run it with --fetch-reference to take Microsoft.NETCore.App.Ref from NuGet, or with --corpus PATH.", ExitCode.NotReachable);
        }

        await FetchAsync(terminal, folder, cancel).ConfigureAwait(false);
        return [folder];
    }

    private static async Task<bool> AgreesAsync(Terminal terminal)
    {
        if (!terminal.IsInteractive)
        {
            return false;
        }

        await terminal.Talk.WriteAsync("This .NET SDK carries no reference documentation. Fetch the package Microsoft.NETCore.App.Ref from NuGet (about 15 MB)? [y/N] ").ConfigureAwait(false);
        return string.Equals(terminal.Input.ReadLine()?.Trim(), "y", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task FetchAsync(Terminal terminal, string folder, CancellationToken cancel)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5), MaxResponseContentBufferSize = MostBytes };
        string staged = folder + ".tmp";
        try
        {
            using JsonDocument index = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri($"{Feed}{Id}/index.json"), cancel).ConfigureAwait(false));
            string version = index.RootElement.GetProperty("versions").EnumerateArray().Select(v => v.GetString()!)
                .Where(v => v.StartsWith(VersionPrefix, StringComparison.Ordinal) && !v.Contains('-', StringComparison.Ordinal))
                .MaxBy(Version.Parse) ?? throw new CommandException($"The feed has no {VersionPrefix}* version of {Id}; name a corpus with --corpus PATH.", ExitCode.NotReachable);
            await terminal.Talk.WriteLineAsync($"Fetching {Id} {version} ...").ConfigureAwait(false);
            byte[] package = await client.GetByteArrayAsync(new Uri($"{Feed}{Id}/{version}/{Id}.{version}.nupkg"), cancel).ConfigureAwait(false);
            Directory.CreateDirectory(staged);
            using var archive = new ZipArchive(new MemoryStream(package));
            foreach (ZipArchiveEntry entry in archive.Entries.Where(e => e.FullName.StartsWith("ref/", StringComparison.Ordinal) && e.Name.EndsWith(".xml", StringComparison.Ordinal)))
            {
                // The bare name: an entry's path never decides where a file goes.
                await entry.ExtractToFileAsync(Path.Combine(staged, Path.GetFileName(entry.Name)), overwrite: true, cancel).ConfigureAwait(false);
            }

            Directory.Move(staged, folder);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidDataException)
        {
            throw new CommandException($"The reference package could not be fetched: {e.Message} Name a corpus with --corpus PATH.", ExitCode.NotReachable, e);
        }
        finally
        {
            if (Directory.Exists(staged))
            {
                Directory.Delete(staged, recursive: true);
            }
        }
    }
}
