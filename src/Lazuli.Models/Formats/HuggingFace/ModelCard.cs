using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary><c>README.md</c> of a model: the metadata block that hubs read, then the same for people.</summary>
internal static class ModelCard
{
    /// <summary>Licences that hubs know by a name of their own; SPDX identifiers in lower case.</summary>
    private static readonly HashSet<string> s_hubLicenses = new(StringComparer.Ordinal)
    {
        "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0",
        "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-2.1", "lgpl-3.0", "mpl-2.0", "isc", "unlicense", "wtfpl", "zlib",
    };

    /// <summary>Renders the card.</summary>
    public static string Render(ModelPackage package, long parameterCount)
    {
        ModelProvenance provenance = package.Provenance;
        var text = new StringBuilder();
        AppendMetadata(text, package);
        text.Append(CultureInfo.InvariantCulture, $"# {Line(provenance.Name)}\n\n");
        if (provenance.Description is string description)
        {
            text.Append(description.Trim()).Append("\n\n");
        }

        AppendShape(text, package.Config, parameterCount);
        AppendOrigins(text, provenance);
        if (provenance.Facts.Count > 0)
        {
            text.Append("## Facts of its making\n\n| fact | value |\n|---|---|\n");
            foreach ((string name, string value) in provenance.Facts)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(name)} | {Cell(value)} |\n");
            }

            text.Append('\n');
        }

        text.Append("Written by Lazuli.\n");
        return text.ToString();
    }

    private static void AppendMetadata(StringBuilder text, ModelPackage package)
    {
        ModelProvenance provenance = package.Provenance;
        string license = provenance.License.ToLowerInvariant();
        text.Append("---\n");
        if (s_hubLicenses.Contains(license))
        {
            text.Append(CultureInfo.InvariantCulture, $"license: {license}\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"license: other\nlicense_name: {Quote(provenance.License)}\n");
        }

        text.Append("library_name: transformers\npipeline_tag: text-generation\ntags:\n- lazuli\n");
        if (package.ChatTemplate is not null)
        {
            text.Append("- conversational\n");
        }

        AppendList(text, "datasets", provenance.DataSets.Select(d => d.Name));
        AppendList(text, "base_model", provenance.BaseModels.Select(b => b.Name));
        text.Append("---\n\n");
    }

    private static void AppendShape(StringBuilder text, ModelConfig config, long parameterCount)
    {
        string family = (config.Family, config.QkvBias, config.QueryKeyNorm) switch { (ModelFamily.Gpt2, _, _) => "GPT-2", (_, true, _) => "Qwen 2", (_, _, true) => "Qwen 3", _ => "Llama" };
        text.Append("## Shape\n\n| property | value |\n|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| family | {family} |\n| parameters | {parameterCount:N0} |\n| layers | {config.Layers} |\n| width | {config.Width} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| heads (query / key and value) | {config.Heads} / {config.KeyValueHeads} of {config.HeadSize} |\n| feed-forward width | {config.FeedForwardWidth} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| context | {config.ContextLength} tokens |\n| vocabulary | {config.VocabularySize} |\n| head | {(config.TiedHead ? "tied to the embedding" : "its own matrix")} |\n\n");
    }

    private static void AppendOrigins(StringBuilder text, ModelProvenance provenance)
    {
        text.Append(CultureInfo.InvariantCulture, $"## Origin\n\n- Licence: {Line(provenance.License)}\n");
        if (provenance.RunId is string run)
        {
            text.Append(CultureInfo.InvariantCulture, $"- Training run: `{Line(run)}`\n");
        }

        foreach (DataSetOrigin d in provenance.DataSets)
        {
            text.Append(CultureInfo.InvariantCulture, $"- Trained on: {Line(d.Name)}, licence {Line(d.License)}{Also(d.Source)}{Also(d.Url)}{Also(d.Digest)}\n");
        }

        foreach (BaseModelOrigin b in provenance.BaseModels)
        {
            text.Append(CultureInfo.InvariantCulture, $"- Trained from: {Line(b.Name)}{Also(b.Url)}{Also(b.Digest)}\n");
        }

        text.Append('\n');
    }

    private static void AppendList(StringBuilder text, string key, IEnumerable<string> values)
    {
        string[] all = [.. values];
        if (all.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{key}:\n");
            foreach (string value in all)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Quote(value)}\n");
            }
        }
    }

    private static string Also(string? value) => value is null ? "" : ", " + Line(value);

    /// <summary>A JSON string is a YAML string, whatever it holds.</summary>
    private static string Quote(string value) => JsonSerializer.Serialize(value);

    private static string Line(string value) => value.ReplaceLineEndings(" ").Trim();

    private static string Cell(string value) => Line(value).Replace("|", "\\|", StringComparison.Ordinal);
}
