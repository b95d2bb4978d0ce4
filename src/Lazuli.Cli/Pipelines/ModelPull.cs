using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Registry;

namespace Lazuli.Cli;

/// <summary>Fetches a model from a hub into the home and imports it. Killed at any point, the same command goes on where it stopped.</summary>
/// <remarks>
/// (1) The revision is resolved to a commit. (2) The files that a model needs are chosen. (3) They are fetched into <c>pulls/</c>, each under its digest, several at once, and checked; of a folder
/// config and tokenizer first, so that a model which cannot be run is refused before its weights come.
/// (4) They get their names in a folder of their own by second names, not copies. (5) The import checks, seals and registers them. (6) What lies in <c>pulls/</c> is removed.
/// </remarks>
internal sealed class ModelPull(Installation installation, HubClient hub, StageDisplay display)
{
    private string PullsFolder => Path.Combine(installation.Home.Root, "pulls");

    /// <summary>Fetches and imports.</summary>
    /// <param name="reference">Repository and revision.</param>
    /// <param name="file">GGUF file; null when not named.</param>
    /// <param name="include">Pattern of weights; null for all.</param>
    /// <param name="import">Name and licence as the user wants them; the rest is filled in here.</param>
    /// <param name="cancellationToken">Stops; what has come stays.</param>
    /// <exception cref="HubException">The files did not come.</exception>
    /// <exception cref="ModelFormatException">They are no model that can be run.</exception>
    public async Task<ModelVersion> PullAsync(HubReference reference, string? file, string? include, ImportRequest import, CancellationToken cancellationToken)
    {
        HubSnapshot snapshot = await hub.FindAsync(reference, cancellationToken).ConfigureAwait(false);
        (IReadOnlyList<HubFile> files, bool isFolder) = Chosen(snapshot, file, include);
        import = import with { Name = import.Name ?? ModelImport.Slug(reference.Name) };
        if (await FindPulledAsync(snapshot, files, import, cancellationToken).ConfigureAwait(false) is { } present)
        {
            return present;
        }

        Directory.CreateDirectory(PullsFolder);
        string folder = Path.Combine(PullsFolder, $"{reference.Repository.Replace("/", "--", StringComparison.Ordinal)}@{snapshot.ShortCommit}");
        FileStream held = Hold(folder + ".lock", reference);
        await using (held.ConfigureAwait(false))
        {
            if (isFolder)
            {
                HubFile[] small = [.. files.Where(f => !f.Name.EndsWith(".safetensors", StringComparison.Ordinal))];
                LayOut(folder, await hub.FetchAsync(snapshot, small, PullsFolder, roomBeside: 0, progress: null, cancellationToken).ConfigureAwait(false));
                _ = HuggingFaceText.Open(folder).ReadTokenizer();
            }

            IReadOnlyList<PulledFile> pulled = await FetchAsync(snapshot, files, isFolder || files.Count > 1 || import.Encoding is not null ? 2 : 1, cancellationToken).ConfigureAwait(false);
            LayOut(folder, pulled);
            ModelVersion version = await new ModelImport(installation).ImportAsync(
                import with
                {
                    Path = isFolder ? folder : Path.Combine(folder, files[0].Path),
                    LicenseOfOrigin = HubLicense.ToSpdx(snapshot.License),
                    Source = $"pull of {reference.Repository}@{snapshot.ShortCommit}",
                    Origin = new HubOrigin(hub.Endpoint.AbsoluteUri.TrimEnd('/'), reference.Repository, reference.Revision, snapshot.Commit, [.. pulled.Select(p => new HubOrigin.FetchedFile(p.Path, p.Bytes, p.Sha256))]),
                    IsOurs = true,
                },
                cancellationToken).ConfigureAwait(false);
            Directory.Delete(folder, recursive: true);
            foreach (PulledFile one in pulled)
            {
                File.Delete(one.LocalPath);
            }

            return version;
        }
    }

    private static (IReadOnlyList<HubFile> Files, bool IsFolder) Chosen(HubSnapshot snapshot, string? file, string? include)
    {
        switch (HubSelection.Choose(snapshot, file, include))
        {
            case HubChoice.Gguf gguf:
                return (gguf.Parts, false);
            case HubChoice.Folder folder:
                return (folder.Files, true);
            case HubChoice.Several several:
                string list = string.Join("\n", several.Candidates.Select(c => string.Create(CultureInfo.InvariantCulture, $"  {c.Path}{(c.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"   {bytes / 1e6:N0} MB") : "")}")));
                throw new CommandException($"{snapshot.Reference} has several GGUF models:\n{list}\nName one, for example: lazuli model pull {snapshot.Reference} --file {several.Candidates[0].Path}", ExitCode.Usage);
            case HubChoice.None none:
                throw new CommandException(none.Reason);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A version that the same files of the same commit have become already.</summary>
    private async Task<ModelVersion?> FindPulledAsync(HubSnapshot snapshot, IReadOnlyList<HubFile> files, ImportRequest import, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelVersion> models = await installation.Registry.ListModelsAsync(cancellationToken).ConfigureAwait(false);
        return models.FirstOrDefault(m => m.Name == import.Name && Directory.Exists(m.Folder) && OriginOf(m) is { } origin && origin.Commit == snapshot.Commit && origin.Repository == snapshot.Reference.Repository
            && (import.License is null || import.License == m.License) && import.Encoding is null && origin.Files.Select(f => f.Path).Order(StringComparer.Ordinal).SequenceEqual(files.Select(f => f.Path).Order(StringComparer.Ordinal)));
    }

    /// <summary>Where a version was fetched from; null for versions of other origin.</summary>
    public static HubOrigin? OriginOf(ModelVersion version) =>
        version.Facts.ValueKind == JsonValueKind.Object && version.Facts.TryGetProperty("origin", out JsonElement origin) && origin.ValueKind == JsonValueKind.Object ? origin.Deserialize<HubOrigin>(JsonSerializerOptions.Web) : null;

    private Task<IReadOnlyList<PulledFile>> FetchAsync(HubSnapshot snapshot, IReadOnlyList<HubFile> files, int copies, CancellationToken cancellationToken) => display.RunAsync(
        $"Fetching {snapshot.Reference} ({snapshot.ShortCommit})",
        progress =>
        {
            long start = Stopwatch.GetTimestamp();
            long first = -1;
            var turn = new Lock();
            return hub.FetchAsync(
                snapshot,
                files,
                PullsFolder,
                roomBeside: copies * files.Sum(f => f.Bytes ?? 0), // the import joins or stores otherwise, then lays out
                new InlineProgress<HubProgress>(p =>
                {
                    lock (turn)
                    {
                        first = first < 0 ? p.Bytes : first;
                        double rate = (p.Bytes - first) / 1e6 / Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-3);
                        progress.Report(p.TotalBytes == 0 ? 1 : (double)p.Bytes / p.TotalBytes, string.Create(CultureInfo.InvariantCulture, $"{p.Bytes / 1e6:N0} of {p.TotalBytes / 1e6:N0} MB, {p.Files} of {p.TotalFiles} files, {rate:N1} MB/s"));
                    }
                }),
                cancellationToken);
        });

    /// <summary>One process at a time fetches a commit.</summary>
    private static FileStream Hold(string path, HubReference reference)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new CommandException($"Another process is pulling {reference} ({path} is in use); wait for it, then run this again.", ExitCode.NotReachable, e);
        }
    }

    private static void LayOut(string folder, IReadOnlyList<PulledFile> files)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true); // what a killed process left
        }

        Directory.CreateDirectory(folder);
        foreach (PulledFile file in files)
        {
            string name = Path.Combine(folder, file.Path); // paths of a listing stay inside
            Directory.CreateDirectory(Path.GetDirectoryName(name)!);
            if (!FileLink.TryCreate(file.LocalPath, name))
            {
                File.Copy(file.LocalPath, name);
            }
        }
    }
}
