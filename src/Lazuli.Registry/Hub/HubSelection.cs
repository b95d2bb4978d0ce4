using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Lazuli.Registry;

/// <summary>Chooses the files that a model needs, and leaves the rest where it is.</summary>
public static partial class HubSelection
{
    private const string Config = "config.json";
    private const string Index = "model.safetensors.index.json";
    private const string Pooling = "1_Pooling/config.json";
    private const string SingleWeights = "model.safetensors";

    /// <summary>What import reads beside config and weights.</summary>
    private static readonly string[] s_beside =
        ["generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json", "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"];

    /// <summary>Chooses by name, by pattern, or, with neither, the safetensors at the top of the repository, else its only GGUF model.</summary>
    /// <param name="snapshot">The repository.</param>
    /// <param name="file">A GGUF file: its path, or its name where only one has it; null for none.</param>
    /// <param name="include">Pattern of paths with * and ? that weights must match; null for none.</param>
    public static HubChoice Choose(HubSnapshot snapshot, string? file, string? include)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        List<HubFile> ggufs = [.. snapshot.Files.Where(IsGgufModel)];
        if (file is not null)
        {
            return ByName(snapshot, ggufs, file);
        }

        bool Wanted(HubFile f) => include is null || FileSystemName.MatchesSimpleExpression(include, f.Path, ignoreCase: false);
        List<HubFile> weights = [.. snapshot.Files.Where(f => f.IsAtTop && f.Name.EndsWith(".safetensors", StringComparison.Ordinal) && Wanted(f))];
        if (weights.Count > 0 && snapshot.Files.Any(f => f.Path == Config))
        {
            return FolderOf(snapshot, weights);
        }

        List<HubFile> wanted = [.. ggufs.Where(Wanted)];
        List<HubFile> firsts = [.. wanted.Where(f => Part().Match(f.Path) is not { Success: true } part || part.Groups["number"].Value == "00001")];
        return firsts.Count switch
        {
            1 => PartsOf(snapshot, firsts[0]),
            > 1 => new HubChoice.Several(firsts),
            _ => new HubChoice.None(Missing(snapshot, ggufs, include)),
        };
    }

    private static HubChoice ByName(HubSnapshot snapshot, List<HubFile> ggufs, string name)
    {
        List<HubFile> found = [.. ggufs.Where(f => f.Path == name)];
        if (found.Count == 0)
        {
            found = [.. ggufs.Where(f => f.Name == name)];
        }

        return found.Count switch
        {
            1 => PartsOf(snapshot, found[0]),
            > 1 => new HubChoice.Several(found),
            _ => new HubChoice.None($"{snapshot.Reference} has no GGUF file '{name}'. {Listed(ggufs)}"),
        };
    }

    private static HubChoice PartsOf(HubSnapshot snapshot, HubFile first)
    {
        Match part = Part().Match(first.Path);
        if (!part.Success)
        {
            return new HubChoice.Gguf([first]);
        }

        const int MostParts = 999;
        int count = int.Parse(part.Groups["count"].Value, CultureInfo.InvariantCulture);
        var parts = new List<HubFile>();
        for (int i = 1; i <= Math.Min(count, MostParts); i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{part.Groups["stem"].Value}-{i:D5}-of-{part.Groups["count"].Value}.gguf");
            if (snapshot.Files.FirstOrDefault(f => f.Path == path) is not { } found)
            {
                return new HubChoice.None($"{snapshot.Reference} has '{first.Path}' and not its part '{path}'.");
            }

            parts.Add(found);
        }

        return parts.Count == count && count > 0 ? new HubChoice.Gguf(parts) : new HubChoice.None($"'{first.Path}' is one of {count} parts; expected 1 to {MostParts}.");
    }

    /// <summary>Import reads one file of weights where it has the usual name, else the shards of the index; other files (a trainer's own, a second copy) stay.</summary>
    private static HubChoice FolderOf(HubSnapshot snapshot, List<HubFile> weights)
    {
        List<HubFile> files = [.. snapshot.Files.Where(f => (f.IsAtTop && (f.Name == Config || s_beside.Contains(f.Name))) || f.Path == Pooling)];
        HubFile? index = snapshot.Files.FirstOrDefault(f => f.Path == Index);
        if (weights.FirstOrDefault(f => f.Name == SingleWeights) is { } single)
        {
            files.Add(single);
        }
        else if (index is not null)
        {
            files.Add(index);
            List<HubFile> shards = [.. weights.Where(f => Shard().IsMatch(f.Name))];
            files.AddRange(shards.Count > 0 ? shards : weights);
        }
        else
        {
            return new HubChoice.None($"{snapshot.Reference} has weights ({string.Join(", ", weights.Take(3).Select(f => f.Name))}) and neither {SingleWeights} nor {Index}.");
        }

        return files.Any(f => f.Name == "tokenizer.json")
            ? new HubChoice.Folder(files)
            : new HubChoice.None($"{snapshot.Reference} has no tokenizer.json, without which its text cannot be read. Another revision or a GGUF copy of the model may have one.");
    }

    private static string Missing(HubSnapshot snapshot, List<HubFile> ggufs, string? include)
    {
        if (include is not null)
        {
            return $"No weights of {snapshot.Reference} match '{include}'. {Listed(ggufs)}";
        }

        bool pickled = snapshot.Files.Any(f => f.Name.EndsWith(".bin", StringComparison.Ordinal) || f.Name.EndsWith(".pth", StringComparison.Ordinal) || f.Name.EndsWith(".pt", StringComparison.Ordinal));
        return pickled
            ? $"{snapshot.Reference} has its weights as pickled Python objects only, which can run code and are not read. Look for a revision with safetensors, or a GGUF copy."
            : $"{snapshot.Reference} has neither safetensors with {Config} at its top nor a GGUF file.";
    }

    private static string Listed(List<HubFile> ggufs)
    {
        const int Most = 50;
        return ggufs.Count == 0 ? "It has none." : $"It has: {string.Join(", ", ggufs.Take(Most).Select(f => f.Path))}{(ggufs.Count > Most ? ", …" : "")}.";
    }

    /// <summary>Projectors of images and calibration data come beside models under the same ending.</summary>
    private static bool IsGgufModel(HubFile file) =>
        file.Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !file.Name.StartsWith("mmproj", StringComparison.OrdinalIgnoreCase) && !file.Name.Contains("imatrix", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^(?<stem>.+)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\\.gguf$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Part();

    [GeneratedRegex("^model-[0-9]{5}-of-[0-9]{5}\\.safetensors$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Shard();
}
