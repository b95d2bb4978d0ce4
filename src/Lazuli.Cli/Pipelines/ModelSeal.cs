using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Cli;

/// <summary>What an imported model's file was like at import, compared before it is mapped: a file that changes under a running model would end the process.</summary>
/// <param name="Name">Name in the model's folder.</param>
/// <param name="Bytes">Size.</param>
/// <param name="ModifiedAt">When it was last written, in UTC.</param>
/// <param name="Inode">Its number on its disk; null where the system does not tell, and in seals of older versions.</param>
/// <param name="Device">Its disk's number; null likewise.</param>
internal sealed record ModelSeal(string Name, long Bytes, DateTime ModifiedAt, ulong? Inode = null, ulong? Device = null)
{
    /// <summary>The files of a folder as they are.</summary>
    public static IReadOnlyList<ModelSeal> Of(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal).Select(Of)];

    /// <summary>Compares the files of a version with what was written down; versions that were not imported have nothing to compare.</summary>
    /// <remarks>
    /// A folder that was restored from a backup or moved to another disk has other times and numbers and the same content: then the digest decides, which takes as long as
    /// reading all of it, and the files as they are now are written down beside the folder, so that it takes so long once.
    /// </remarks>
    /// <exception cref="CommandException">A file is gone or not the one that was imported.</exception>
    public static void Check(ModelVersion version)
    {
        var different = new List<(FileInfo File, string What)>();
        foreach (ModelSeal seal in Known(version))
        {
            var file = new FileInfo(Path.Combine(version.Folder, seal.Name));
            if (!file.Exists)
            {
                throw Broken(version, file, "it is gone");
            }

            ModelSeal now = Of(file);
            string what = string.Join("; ", seal.Differences(now));
            if (now.Bytes != seal.Bytes)
            {
                throw Broken(version, file, what);
            }

            if (what.Length > 0)
            {
                different.Add((file, what));
            }
        }

        if (different.Count == 0)
        {
            return;
        }

        if (ModelFolderDigest.Compute(version.Folder) != version.Digest.Value)
        {
            throw Broken(version, different[0].File, different[0].What + "; and so does the content");
        }

        Renew(version);
    }

    /// <summary>What was written down last: beside the folder, else at import.</summary>
    private static IReadOnlyList<ModelSeal> Known(ModelVersion version)
    {
        if (version.Facts.ValueKind != JsonValueKind.Object || !version.Facts.TryGetProperty("files", out JsonElement files) || files.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize<ModelSeal[]>(File.ReadAllBytes(RenewedPath(version)), JsonSerializerOptions.Web) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return files.Deserialize<ModelSeal[]>(JsonSerializerOptions.Web) ?? []; // not there, as a rule; half written is as good as not there
        }
    }

    private static void Renew(ModelVersion version)
    {
        string path = RenewedPath(version);
        try
        {
            File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(Of(version.Folder), JsonSerializerOptions.Web));
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A home that cannot be written is read as well; it is only slower to open.
        }
    }

    private static string RenewedPath(ModelVersion version) => version.Folder + ".seal";

    private static ModelSeal Of(FileInfo file)
    {
        FileIdentity? identity = FileIdentity.Of(file.FullName);
        return new ModelSeal(file.Name, file.Length, file.LastWriteTimeUtc, identity?.Inode, identity?.Device);
    }

    private IEnumerable<string> Differences(ModelSeal now)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (now.Bytes != Bytes)
        {
            yield return string.Create(invariant, $"its size differs: expected {Bytes} bytes, found {now.Bytes}");
        }

        if (now.ModifiedAt != ModifiedAt)
        {
            yield return string.Create(invariant, $"its time differs: expected {ModifiedAt:O}, found {now.ModifiedAt:O}");
        }

        // The device's number may change whenever the machine starts: it is told, and decides nothing.
        if (Inode is not null && now.Inode is not null && now.Inode != Inode)
        {
            yield return string.Create(invariant, $"its inode differs: expected {Inode} on device {Device >> 32}:{Device & uint.MaxValue}, found {now.Inode} on {now.Device >> 32}:{now.Device & uint.MaxValue}");
        }
    }

    private static CommandException Broken(ModelVersion version, FileInfo file, string why) =>
        new($"{file.FullName} is not the file that was imported as {version.Name}@{version.Digest.Short}: {why}. Import the model again.");
}
