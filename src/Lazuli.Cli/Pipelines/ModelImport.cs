using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>Takes a model of other people's making into the home: checked whole, copied (sharing blocks where the file system can), sealed, named by its digest, registered.</summary>
internal sealed class ModelImport(Installation installation)
{
    private const string UnknownLicense = "LicenseRef-unknown";
    private static readonly JsonSerializerOptions s_facts = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Imports a GGUF file or a folder in the layout of Hugging Face.</summary>
    /// <param name="request">What, and under which name.</param>
    /// <param name="cancellationToken">Stops; nothing of the model is left then.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or of a kind that is not implemented, or has weights that are not finite numbers.</exception>
    /// <exception cref="IOException">A file cannot be read or copied.</exception>
    public async Task<ModelVersion> ImportAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        string path = request.Path;
        Checked found = File.Exists(path) ? CheckFile(path, cancellationToken)
            : Directory.Exists(path) ? CheckFolder(path, cancellationToken)
            : throw new CommandException($"There is no file or folder '{path}' to import.", ExitCode.Usage);
        string modelName = request.Name ?? Slug(found.Name);
        string parent = Path.Combine(installation.ModelsFolder, modelName);
        string staged = Path.Combine(parent, $"new-import-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staged);
        try
        {
            Take(found.Files, staged, request.IsOurs, cancellationToken);
            var digest = new ContentDigest(ModelFolderDigest.Compute(staged));
            string folder = Path.Combine(parent, digest.Short);
            if (!Directory.Exists(folder))
            {
                Directory.Move(staged, folder);
            }

            var version = new ModelVersion
            {
                Name = modelName,
                Digest = digest,
                Folder = folder,
                CreatedAt = installation.Time.GetUtcNow(),
                Source = request.Source ?? $"import of {Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}",
                License = request.License ?? found.License ?? request.LicenseOfOrigin ?? UnknownLicense,
                ParameterCount = new ParameterTable(found.Config).ParameterCount,
                Facts = JsonSerializer.SerializeToElement(new { found.Format, request.Origin, files = ModelSeal.Of(folder) }, s_facts),
            };
            await installation.Registry.RegisterModelAsync(version, cancellationToken).ConfigureAwait(false);
            return version;
        }
        finally
        {
            if (Directory.Exists(staged))
            {
                Directory.Delete(staged, recursive: true);
            }
        }
    }

    private static Checked CheckFile(string path, CancellationToken cancellationToken)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        _ = file.Tokenizer; // a damaged one is refused now, not when somebody asks
        if (file.FindNonFinite(cancellationToken) is { } tensor)
        {
            throw new ModelFormatException(path, $"tensor '{tensor.Name}'", "finite weights", "one that is not a number or infinite");
        }

        IEnumerable<string> formats = file.Tensors.Where(t => t.Rows > 1).Select(t => t.Format.ToString()).Distinct().Order(StringComparer.Ordinal);
        return new Checked(file.Config, file.Name, file.License, $"GGUF {file.Version}: {string.Join(", ", formats)}", [(path, InferenceModel.ImportedFile)]);
    }

    private static Checked CheckFolder(string path, CancellationToken cancellationToken)
    {
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(path);
        _ = folder.ReadTokenizer();
        folder.ReadParameters(new ParameterTable(folder.Config), (parameter, values) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (float value in values)
            {
                if (!float.IsFinite(value))
                {
                    throw new ModelFormatException(path, $"parameter '{parameter.Name}'", "finite weights", value.ToString(CultureInfo.InvariantCulture));
                }
            }
        });
        (string, string)[] files = [.. Directory.EnumerateFiles(path).Select(f => (f, Path.GetFileName(f))).Where(f => !f.Item2.StartsWith('.'))];
        return new Checked(folder.Config, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), License: null, "Hugging Face folder", files);
    }

    /// <summary>A GGUF file is laid out as the kernels like it, which <c>model export</c> undoes; other files are linked where they are ours, else copied.</summary>
    private static void Take(IReadOnlyList<(string From, string Name)> files, string folder, bool areOurs, CancellationToken cancellationToken)
    {
        foreach ((string from, string name) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string to = Path.Combine(folder, name);
            if (name == InferenceModel.ImportedFile)
            {
                using GgufModelFile file = GgufModelFile.Open(from);
                file.WriteInLayout(to, WeightLayout.Lanes, cancellationToken);
            }
            else if (!areOurs || !FileLink.TryCreate(from, to))
            {
                File.Copy(from, to); // shares blocks on file systems that can (FICLONE)
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead); // mapped files may not change under a running model
            }
        }
    }

    /// <summary>A name as the registry takes it.</summary>
    public static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (char c in name)
        {
            slug.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? char.ToLowerInvariant(c) : '-');
        }

        string trimmed = slug.ToString().Trim('-', '.');
        return trimmed.Length > 0 ? trimmed : "imported";
    }

    private sealed record Checked(ModelConfig Config, string Name, string? License, string Format, IReadOnlyList<(string From, string Name)> Files);
}
