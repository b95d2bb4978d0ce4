using System.Text.Json;

namespace Lazuli.Compute;

/// <summary>The tables that come with the program, and those a user brings.</summary>
public static class ComputeDataSets
{
    /// <summary>The points of "AI and Compute": self-play counted.</summary>
    public const string OpenAi = "openai-2018";

    /// <summary>Rows of Epoch's table of January 2026: direct training compute only.</summary>
    public const string Epoch = "epoch-2026-01";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Names of the built-in tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [OpenAi, Epoch];

    /// <summary>A built-in table by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ComputeDataSet BuiltIn(string name)
    {
        if (!Names.Contains(name, StringComparer.Ordinal))
        {
            throw new ArgumentException($"There is no data set '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        }

        byte[] table = Resource(name + ".csv");
        Manifest manifest = JsonSerializer.Deserialize<Manifest>(Resource(name + ".json"), s_json)!;
        string digest = EstimateTable.DigestOf(table);
        if (!string.Equals(digest, manifest.Digest, StringComparison.Ordinal))
        {
            throw new TrendDataException(name, "digest", manifest.Digest, digest);
        }

        (IReadOnlyList<ComputeEstimate> estimates, TableReading reading, _) = EstimateTable.Read(name, table);
        return new ComputeDataSet
        {
            Name = manifest.Name,
            Title = manifest.Title,
            Source = manifest.Source,
            Licence = manifest.Licence,
            Attribution = manifest.Attribution,
            Retrieved = manifest.Retrieved,
            Scope = manifest.Scope == "direct" ? ComputeScope.Direct : ComputeScope.IncludingGeneration,
            ScopeRule = manifest.ScopeRule,
            ValueRule = manifest.ValueRule,
            Selection = manifest.Selection,
            IsHandPicked = manifest.HandPicked,
            Digest = digest,
            Estimates = estimates,
            Reading = reading,
        };
    }

    /// <summary>Reads a user's own table: Epoch's file of notable models, or a table with the columns system, date and flop.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="scope">What its values count, as far as the user knows.</param>
    /// <exception cref="TrendDataException">The file is not such a table.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ComputeDataSet Import(string path, ComputeScope scope)
    {
        if (new FileInfo(path).Length is var length && length > EstimateTable.MostBytes)
        {
            throw new TrendDataException(path, "size", $"at most {EstimateTable.MostBytes} bytes", $"{length}");
        }

        byte[] bytes = File.ReadAllBytes(path);
        (IReadOnlyList<ComputeEstimate> estimates, TableReading reading, bool isEpochs) = EstimateTable.Read(path, bytes);
        if (estimates.Count == 0)
        {
            throw new TrendDataException(path, "its rows", "at least one with a date and compute", $"{reading.Rows} rows, none with both");
        }

        string name = Path.GetFileName(path);
        return new ComputeDataSet
        {
            Name = name,
            Title = name,
            Source = isEpochs ? $"the imported file {name}, with the headings of Epoch AI's Data on Notable AI Models" : $"the imported file {name}",
            Licence = isEpochs ? "CC BY 4.0, if it is Epoch's" : "known to whoever imported it",
            Attribution = isEpochs ? "Epoch AI, Data on Notable AI Models, CC BY 4.0 (by its headings)" : "imported",
            Scope = scope,
            ScopeRule = scope == ComputeScope.Unknown ? "Nobody said whether self-play and synthetic data are counted; --scope says it." : TrendScopeException.Describe(scope) + ", says who imported it.",
            Selection = $"{estimates.Count} of the file's {reading.Rows} rows: those with a date and compute.",
            Digest = EstimateTable.DigestOf(bytes),
            Estimates = estimates,
            Reading = reading,
        };
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(ComputeDataSets).Assembly.GetManifestResourceStream("Trend." + name)
            ?? throw new InvalidOperationException($"The program was built without its table {name}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed record Manifest(
        string Name, string Title, string Source, DateOnly Retrieved, string Licence, string Attribution, string Scope, string ScopeRule, string ValueRule, string Selection, bool HandPicked, string Digest);
}
