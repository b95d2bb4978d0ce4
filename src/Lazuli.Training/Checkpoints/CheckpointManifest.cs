using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Lazuli.Training;

/// <summary>The <c>manifest.json</c> of a checkpoint: the run's state, what it belongs to, and its files with their digests.</summary>
/// <remarks>On disk it is an object of two members, <c>manifest</c> and <c>sha256</c>, the second over the exact bytes of the first, so that a flipped bit anywhere is found.</remarks>
internal sealed record CheckpointManifest
{
    public const string FileName = "manifest.json";
    public const string FormatName = "lazuli-checkpoint";
    public const int FormatVersion = 1;

    private const long MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public required string Format { get; init; }

    public required int Version { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>Version of the program that wrote it.</summary>
    public required string Engine { get; init; }

    public required CheckpointIdentity Identity { get; init; }

    public required TrainingState State { get; init; }

    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes()
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(this, s_json);
        return Encoding.UTF8.GetBytes($"{{\"manifest\":{Encoding.UTF8.GetString(body)},\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"}}\n");
    }

    /// <summary>Reads and checks the manifest in <paramref name="directory"/>; the files it names are not looked at.</summary>
    /// <exception cref="CheckpointFormatException">There is none, or it is damaged.</exception>
    public static CheckpointManifest Read(string directory)
    {
        string path = Path.Combine(directory, FileName);
        byte[] bytes = ReadBytes(path);
        if (!Utf8.IsValid(bytes))
        {
            throw new CheckpointFormatException(path, "the contents", "UTF-8 text", "other bytes");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("manifest", out JsonElement body)
                || !document.RootElement.TryGetProperty("sha256", out JsonElement digest))
            {
                throw new CheckpointFormatException(path, "the root", "an object with manifest and sha256", "something else");
            }

            string found = Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(body)));
            if (digest.ValueKind != JsonValueKind.String || digest.GetString() != found)
            {
                throw new CheckpointFormatException(path, "the contents", $"sha256 {digest}", $"sha256 {found}");
            }

            return Check(path, body.Deserialize<CheckpointManifest>(s_json));
        }
        catch (JsonException e)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{e.Path ?? "$"}, line {(e.LineNumber ?? 0) + 1}");
            throw new CheckpointFormatException(path, place, "a checkpoint's manifest", "other text", e);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new CheckpointFormatException(path, "the file", "a manifest", "no file");
        }

        if (file.Length > MaxBytes)
        {
            throw new CheckpointFormatException(path, "the file", $"at most {MaxBytes} bytes", $"{file.Length} bytes");
        }

        return File.ReadAllBytes(path);
    }

    private static CheckpointManifest Check(string path, CheckpointManifest? manifest)
    {
        if (manifest is null || manifest.Format != FormatName)
        {
            throw new CheckpointFormatException(path, "format", FormatName, manifest?.Format ?? "nothing");
        }

        if (manifest.Version != FormatVersion)
        {
            throw new CheckpointFormatException(path, "version", $"{FormatVersion}", $"{manifest.Version}");
        }

        IReadOnlyList<string> errors = manifest.Identity.Model.FindErrors();
        if (errors.Count > 0)
        {
            throw new CheckpointFormatException(path, "identity.model", "a model that can be built", string.Join(" ", errors));
        }

        foreach (CheckpointFile file in manifest.Files)
        {
            if (file.Name != Path.GetFileName(file.Name) || file.Name.Length == 0)
            {
                throw new CheckpointFormatException(path, "files", "names without folders", $"'{file.Name}'");
            }
        }

        return manifest;
    }
}
