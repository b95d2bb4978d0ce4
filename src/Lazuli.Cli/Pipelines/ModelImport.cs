using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>Takes a model of other people's making into the home: checked whole, laid out as the kernels like it, sealed, named by its digest, registered.</summary>
internal sealed class ModelImport(Installation installation)
{
    private const string UnknownLicense = "LicenseRef-unknown";
    private static readonly JsonSerializerOptions s_facts = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Imports a GGUF file or a folder in the layout of Hugging Face. Either becomes a folder with <c>model.gguf</c>, which is mapped when it runs.</summary>
    /// <param name="request">What, and under which name.</param>
    /// <param name="cancellationToken">Stops; nothing of the model is left then.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or of a kind that is not implemented, or has weights that are not finite numbers.</exception>
    /// <exception cref="CommandException">There is nothing to import, or its weights do not fit the wanted way to store them.</exception>
    /// <exception cref="IOException">A file cannot be read or copied.</exception>
    public async Task<ModelVersion> ImportAsync(ImportRequest request, CancellationToken cancellationToken)
    {
        string path = request.Path;
        if (!Path.Exists(path))
        {
            throw new CommandException($"There is no file or folder '{path}' to import.", ExitCode.Usage);
        }

        using ImportFolder place = ImportFolder.Create(installation.ModelsFolder);
        string staged = place.Path;
        Described found = File.Exists(path) ? StageFile(request, staged, cancellationToken) : StageFolder(request, staged, cancellationToken);
        string modelName = request.Name ?? Slug(found.Name);
        string project = request.Project ?? SettingsReader.Read(installation.Home).Compute.Project;
        var ownership = new ModelOwnership(installation);
        await ownership.CheckAsync(modelName, project, cancellationToken).ConfigureAwait(false);
        string parent = Path.Combine(installation.ModelsFolder, modelName);
        var digest = new ContentDigest(ModelFolderDigest.Compute(staged));
        string folder = Path.Combine(parent, digest.Short);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(parent);
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
        await ownership.InheritAsync(modelName, project, cancellationToken).ConfigureAwait(false);
        await installation.Registry.RegisterModelAsync(version, cancellationToken).ConfigureAwait(false);
        return version;
    }

    /// <summary>Brings a GGUF file into the folder: parts joined, weights stored otherwise where that was asked, checked, and laid out as the kernels like it, which <c>model export</c> undoes.</summary>
    private static Described StageFile(ImportRequest request, string staged, CancellationToken cancellationToken)
    {
        string source = request.Path;
        IReadOnlyList<string> parts = GgufSplit.PartsOf(source);
        if (parts.Count > 1)
        {
            source = Path.Combine(staged, ".joined");
            GgufSplit.Join(parts, source);
        }

        if (request.Encoding is { } encoding)
        {
            string stored = Path.Combine(staged, ".stored");
            using GgufModelFile file = GgufModelFile.Open(source);
            Stored(request.Path, () => file.WriteAs(stored, encoding));
            source = stored;
        }

        Described found = CheckAndLayOut(source, request.Path, staged, hasText: true, cancellationToken);
        return found.HasOwnName ? found : found with { Name = Path.GetFileNameWithoutExtension(request.Path) };
    }

    /// <summary>Writes the weights of a folder as GGUF, one parameter at a time, and takes its small files along, which say what its text is like.</summary>
    private static Described StageFolder(ImportRequest request, string staged, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Path)));
        string stored = Path.Combine(staged, ".stored");
        using (HuggingFaceFolder folder = HuggingFaceFolder.Open(request.Path))
        {
            var package = new ModelPackage
            {
                Config = folder.Config,
                Parameters = (parameter, values) => ReadFinite(folder, parameter, values, cancellationToken),
                Tokenizer = folder.ReadTokenizer(),
                ChatTemplate = folder.ChatTemplate,
                Pooling = folder.Text.Pooling,
                CanShortenEmbeddings = folder.Text.CanShortenEmbeddings,
                Provenance = new ModelProvenance { Name = request.Name ?? name, License = request.License ?? request.LicenseOfOrigin ?? UnknownLicense },
            };
            Stored(request.Path, () =>
            {
                if (request.Encoding is { } encoding)
                {
                    GgufFile.Write(stored, package, encoding);
                }
                else
                {
                    GgufFile.Write(stored, package, folder.StoredFormat);
                }
            });
        }

        foreach (string file in Directory.EnumerateFiles(request.Path).Where(IsSmall).Append(Path.Combine(request.Path, "1_Pooling", "config.json")).Where(File.Exists))
        {
            string to = Path.Combine(staged, Path.GetRelativePath(request.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            Copy(file, to, request.IsOurs);
            Protect(to);
        }

        Described found = CheckAndLayOut(stored, request.Path, staged, hasText: false, cancellationToken); // its text is that of tokenizer.json, read above
        return new Described(found.Config, name, HasOwnName: true, License: null, $"Hugging Face folder, kept as {found.Format}");
    }

    /// <summary>Checks a GGUF file whole, weights too, and writes what was checked as the model's file.</summary>
    private static Described CheckAndLayOut(string source, string origin, string staged, bool hasText, CancellationToken cancellationToken)
    {
        string target = Path.Combine(staged, InferenceModel.ImportedFile);
        Described found;
        using (GgufModelFile model = GgufModelFile.Open(source))
        {
            if (hasText)
            {
                _ = model.Tokenizer; // a damaged one is refused now, not when somebody asks
            }

            if (model.FindNonFinite(cancellationToken) is { } tensor)
            {
                throw new ModelFormatException(origin, $"tensor '{tensor.Name}'", "finite weights", "one that is not a number or infinite");
            }

            IEnumerable<string> formats = model.Tensors.Where(t => t.Rows > 1).Select(t => t.Format.ToString()).Distinct().Order(StringComparer.Ordinal);
            found = new Described(model.Config, model.Name, model.Metadata.Has("general.name"), model.License, $"GGUF {model.Version}: {string.Join(", ", formats)}");
            model.WriteInLayout(target, WeightLayout.Lanes, cancellationToken);
        }

        foreach (string between in Directory.EnumerateFiles(staged).Where(f => Path.GetFileName(f).StartsWith('.')))
        {
            File.Delete(between);
        }

        Protect(target);
        return found;
    }

    private static void ReadFinite(HuggingFaceFolder folder, ParameterInfo parameter, Span<float> values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        folder.ReadParameter(parameter, values);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ModelFormatException(folder.Path, $"parameter '{parameter.Name}'", "finite weights", value.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>What says how a model reads and writes text, and what its makers say of it; not weights in any form.</summary>
    private static bool IsSmall(string path)
    {
        string name = Path.GetFileName(path);
        return name is "config.json" or "generation_config.json" or "tokenizer.json" or "tokenizer_config.json" or "special_tokens_map.json" or "added_tokens.json" or "vocab.json" or "merges.txt"
            or "tokenizer.model" or "chat_template.jinja" or "chat_template.json" or "README.md"
            || name.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase) || name.StartsWith("NOTICE", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Our own file gets a second name; others are copied, sharing blocks on file systems that can (FICLONE), and the copy is compared.</summary>
    private static void Copy(string from, string to, bool isOurs)
    {
        if (isOurs && FileLink.TryCreate(from, to))
        {
            return;
        }

        File.Copy(from, to);
        if (!HaveSameContent(from, to))
        {
            throw new IOException($"The copy of {from} in {to} differs from it: it was written to meanwhile, or the disk fails. Import it again when nobody writes it.");
        }
    }

    private static bool HaveSameContent(string one, string other)
    {
        const int Length = 1 << 20;
        using FileStream a = new(one, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream b = new(other, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] first = new byte[Length];
        byte[] second = new byte[Length];
        while (true)
        {
            int read = a.ReadAtLeast(first, Length, throwOnEndOfStream: false);
            if (b.ReadAtLeast(second, Length, throwOnEndOfStream: false) != read || !first.AsSpan(0, read).SequenceEqual(second.AsSpan(0, read)))
            {
                return false;
            }

            if (read < Length)
            {
                return true;
            }
        }
    }

    private static void Protect(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead); // mapped files may not change under a running model
        }
    }

    private static void Stored(string path, Action write)
    {
        try
        {
            write();
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"{path} cannot be kept. {e.Message}", inner: e);
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

    private sealed record Described(ModelConfig Config, string Name, bool HasOwnName, string? License, string Format);
}
