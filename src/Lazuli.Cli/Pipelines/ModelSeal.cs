using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Size and time of an imported model's files, written down at import and compared before they are mapped: a file that changes under a running model would end the process.</summary>
/// <param name="Name">Name in the model's folder.</param>
/// <param name="Bytes">Size.</param>
/// <param name="ModifiedAt">When it was last written, in UTC.</param>
internal sealed record ModelSeal(string Name, long Bytes, DateTime ModifiedAt)
{
    /// <summary>The files of a folder as they are.</summary>
    public static IReadOnlyList<ModelSeal> Of(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => new ModelSeal(f.Name, f.Length, f.LastWriteTimeUtc))];

    /// <summary>Compares the files of a version with what was written down; versions that were not imported have nothing to compare.</summary>
    /// <exception cref="CommandException">A file is gone or not the one that was imported.</exception>
    public static void Check(ModelVersion version)
    {
        if (version.Facts.ValueKind != JsonValueKind.Object || !version.Facts.TryGetProperty("files", out JsonElement sealedFiles) || sealedFiles.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (ModelSeal seal in sealedFiles.Deserialize<ModelSeal[]>(JsonSerializerOptions.Web) ?? [])
        {
            var file = new FileInfo(Path.Combine(version.Folder, seal.Name));
            if (!file.Exists || file.Length != seal.Bytes || file.LastWriteTimeUtc != seal.ModifiedAt)
            {
                string found = file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} bytes of {file.LastWriteTimeUtc:u}") : "no such file";
                throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{file.FullName} is not the file that was imported as {version.Name}@{version.Digest.Short}: expected {seal.Bytes} bytes of {seal.ModifiedAt:u}; found {found}. Import the model again."));
            }
        }
    }
}
