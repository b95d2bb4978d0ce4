using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lazuli.Training;

/// <summary>The <c>manifest.json</c> of a packed data set: what is in it, what it came from and how it was made.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">Always <see cref="FormatVersion"/>.</param>
/// <param name="Digest">Names the data set: SHA-256 over the canonical JSON of the files' digests, the tokenizer's digest and the settings.</param>
/// <param name="InputDigest">SHA-256 over the corpus's documents, the tokenizer's digest and the settings; equal inputs need no second preparation.</param>
/// <param name="TokenizerDigest">Digest of the tokenizer that made the ids.</param>
/// <param name="VocabularySize">Every id is below it.</param>
/// <param name="BytesPerToken">2 or 4, little-endian unsigned.</param>
/// <param name="Settings">How it was packed.</param>
/// <param name="Source">Where the text came from, in words.</param>
/// <param name="Licence">Under which terms the text stands, in words.</param>
/// <param name="TokenLengths">For each id the UTF-8 bytes of its text (32-bit little-endian; 0 for special tokens).</param>
/// <param name="Train">The training side.</param>
/// <param name="HeldOut">The held-out side.</param>
public sealed record DataSetManifest(
    string Format,
    int Version,
    string Digest,
    string InputDigest,
    string TokenizerDigest,
    int VocabularySize,
    int BytesPerToken,
    DataSetSettings Settings,
    string Source,
    string Licence,
    DataSetFile TokenLengths,
    DataSetSplitManifest Train,
    DataSetSplitManifest HeldOut)
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "lazuli-packed-data";

    /// <summary>Value of <see cref="Version"/>.</summary>
    public const int FormatVersion = 1;

    /// <summary>Name of the manifest inside the folder.</summary>
    public const string FileName = "manifest.json";

    private const long MaxManifestBytes = 64L << 20;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The part of one split.</summary>
    public DataSetSplitManifest this[DataSplit split] => split switch
    {
        DataSplit.Train => Train,
        DataSplit.HeldOut => HeldOut,
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "Unknown split."),
    };

    /// <summary>Every file the manifest names.</summary>
    [JsonIgnore]
    public IEnumerable<DataSetFile> Files
    {
        get
        {
            yield return TokenLengths;
            foreach (DataSetShard shard in Train.Shards.Concat(HeldOut.Shards))
            {
                yield return shard.Tokens;
                if (shard.Mask is not null)
                {
                    yield return shard.Mask;
                }
            }
        }
    }

    /// <summary>Reads and checks the manifest in <paramref name="folder"/>; the files it names are not looked at.</summary>
    /// <exception cref="DataSetFormatException">There is none, or it is not what the format says.</exception>
    public static DataSetManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new DataSetFormatException(path, "the file", "a manifest", "no file");
        }

        if (file.Length > MaxManifestBytes)
        {
            throw new DataSetFormatException(path, "the file", $"at most {MaxManifestBytes} bytes", $"{file.Length}");
        }

        DataSetManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<DataSetManifest>(File.ReadAllBytes(path), s_json)
                ?? throw new DataSetFormatException(path, "the root", "an object", "null");
        }
        catch (JsonException e)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{e.Path ?? "$"}, line {(e.LineNumber ?? 0) + 1}");
            throw new DataSetFormatException(path, place, "a manifest of version 1", e.Message, e);
        }

        manifest.Check(path);
        return manifest;
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <summary>The digest these contents must carry. Keys stand in ordinal order and nothing is between tokens, so any program can repeat it.</summary>
    internal string ComputeDigest()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("bytesPerToken", BytesPerToken);
            WriteShards(json, "heldOut", HeldOut);
            WriteSettings(json, Settings);
            json.WriteString("tokenLengths", TokenLengths.Digest);
            json.WriteString("tokenizer", TokenizerDigest);
            WriteShards(json, "train", Train);
            json.WriteNumber("version", Version);
            json.WriteNumber("vocabularySize", VocabularySize);
            json.WriteEndObject();
        }

        return DigestOf(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    internal static void WriteSettings(Utf8JsonWriter json, DataSetSettings settings)
    {
        json.WriteStartObject("settings");
        json.WriteNumber("contextLength", settings.ContextLength);
        json.WriteString("loss", settings.Loss.ToString());
        json.WriteString("packing", settings.Packing.ToString());
        json.WriteEndObject();
    }

    internal static string DigestOf(ReadOnlySpan<byte> sha256) => "sha256:" + Convert.ToHexStringLower(sha256);

    private static void WriteShards(Utf8JsonWriter json, string name, DataSetSplitManifest split)
    {
        json.WriteStartArray(name);
        foreach (DataSetShard shard in split.Shards)
        {
            json.WriteStartObject();
            if (shard.Mask is not null)
            {
                json.WriteString("mask", shard.Mask.Digest);
            }

            json.WriteNumber("rows", shard.Rows);
            json.WriteString("tokens", shard.Tokens.Digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Check(string path)
    {
        Require(Format == FormatName, "format", FormatName, Format);
        Require(Version == FormatVersion, "version", $"{FormatVersion}", $"{Version}");
        Require(VocabularySize is > 0 and <= 1 << 24, "vocabularySize", "from 1 to 16777216", $"{VocabularySize}");
        int bytesPerToken = VocabularySize <= 1 << 16 ? 2 : 4;
        Require(BytesPerToken == bytesPerToken, "bytesPerToken", $"{bytesPerToken}", $"{BytesPerToken}");
        string? problem = Settings.FindProblem();
        Require(problem is null, "settings", "settings in range", problem ?? "");
        CheckFile("tokenLengths", TokenLengths, VocabularySize * 4L);
        CheckSplit("train", Train);
        CheckSplit("heldOut", HeldOut);
        Require(Files.Select(f => f.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() == Files.Count(), "files", "every file named once", "a name used twice");
        string digest = ComputeDigest();
        Require(Digest == digest, "digest", digest, Digest);

        void CheckSplit(string name, DataSetSplitManifest split)
        {
            Require(split.Shards.All(s => s is { Rows: > 0 and <= int.MaxValue }), $"{name}.shards", "rows in every shard", "a shard without");
            long rows = split.Shards.Sum(s => s.Rows);
            Require(split.Rows == rows, $"{name}.rows", $"{rows} as its shards say", $"{split.Rows}");
            Require(split is { Documents: >= 0, Tokens: >= 0, Targets: >= 0, TargetBytes: >= 0 }, name, "counts of zero or more", "a negative count");
            foreach (DataSetShard shard in split.Shards)
            {
                CheckFile($"{name}.shards", shard.Tokens, shard.Rows * (Settings.ContextLength + 1L) * BytesPerToken);
                if (shard.Mask is not null)
                {
                    CheckFile($"{name}.shards", shard.Mask, shard.Rows * ((Settings.ContextLength + 7L) / 8));
                }
            }
        }

        void CheckFile(string place, DataSetFile file, long bytes)
        {
            Require(file.Name.Length > 0 && file.Name == Path.GetFileName(file.Name) && file.Name is not ("." or ".." or FileName), place, "a file name inside the folder", file.Name);
            Require(file.Bytes == bytes, $"{place}, {file.Name}", $"{bytes} bytes", $"{file.Bytes}");
        }

        void Require(bool holds, string place, string expected, string found)
        {
            if (!holds)
            {
                throw new DataSetFormatException(path, place, expected, found);
            }
        }
    }
}
