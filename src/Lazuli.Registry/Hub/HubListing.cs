using System.Text.Json;

namespace Lazuli.Registry;

/// <summary>Reads the hub's description of a repository at a revision.</summary>
internal static class HubListing
{
    private const int MaxFiles = 100_000;
    private const int MaxPathLength = 1_000;
    private const int MaxLicenseLength = 200;

    /// <summary>Reads <c>{ "sha", "siblings": [ { "rfilename", "size", "blobId", "lfs": { "sha256", "size" } } ], "cardData": { "license" }, "tags" }</c>.</summary>
    /// <exception cref="HubException">It is no such document, or names paths that lead out of the repository.</exception>
    public static HubSnapshot Read(HubReference reference, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
            return Read(reference, document.RootElement);
        }
        catch (JsonException e)
        {
            throw Bad(reference, $"JSON; found something else in line {e.LineNumber + 1}", e);
        }
        catch (InvalidOperationException e)
        {
            throw Bad(reference, "texts of Unicode characters; found half a surrogate pair", e);
        }
    }

    private static HubSnapshot Read(HubReference reference, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Bad(reference, $"a JSON object; found {root.ValueKind}");
        }

        string? commit = Text(root, "sha");
        if (HubDigest.Find(commit) is not { } id || id.Hex != commit)
        {
            throw Bad(reference, "the commit in 'sha', 40 hex digits; found none");
        }

        if (!root.TryGetProperty("siblings", out JsonElement siblings) || siblings.ValueKind != JsonValueKind.Array || siblings.GetArrayLength() > MaxFiles)
        {
            throw Bad(reference, $"a list of at most {MaxFiles} files in 'siblings'; found none or more");
        }

        var files = new SortedDictionary<string, HubFile>(StringComparer.Ordinal);
        foreach (JsonElement sibling in siblings.EnumerateArray())
        {
            HubFile file = ReadFile(reference, sibling);
            if (!files.TryAdd(file.Path, file))
            {
                throw Bad(reference, $"each file once; found '{file.Path}' twice");
            }
        }

        return new HubSnapshot(reference, commit, ReadLicense(root), [.. files.Values]);
    }

    private static HubFile ReadFile(HubReference reference, JsonElement sibling)
    {
        string path = Text(sibling, "rfilename") ?? throw Bad(reference, "a name in 'rfilename' of every file; found none");
        if (!StaysInside(path))
        {
            throw Bad(reference, $"paths inside the repository; found '{Printable(path)}'");
        }

        long? bytes = Size(reference, path, sibling);
        HubDigest? digest = HubDigest.Find(Text(sibling, "blobId"));
        if (sibling.TryGetProperty("lfs", out JsonElement lfs) && lfs.ValueKind == JsonValueKind.Object)
        {
            // The blob of a large file in git is a pointer; its content is what counts.
            digest = HubDigest.Find(Text(lfs, "sha256") ?? Text(lfs, "oid")) is { Algorithm: HubDigest.Sha256 } content
                ? content
                : throw Bad(reference, $"64 hex digits in 'lfs.sha256' of '{path}'; found none");
            long? linked = Size(reference, path, lfs);
            if (bytes is not null && linked is not null && bytes != linked)
            {
                throw Bad(reference, $"one size of '{path}'; found {bytes} and {linked}");
            }

            bytes ??= linked;
        }

        return new HubFile(path, bytes, digest);
    }

    /// <summary>Relative, of parts that are names, without characters that steer a terminal or another system's paths.</summary>
    private static bool StaysInside(string path) =>
        path.Length is > 0 and <= MaxPathLength && !path.Any(c => char.IsControl(c) || c is '\\' or ':') && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static string? ReadLicense(JsonElement root)
    {
        const string Tag = "license:";
        string? license = root.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object ? Text(card, "license") : null;
        if (license is null && root.TryGetProperty("tags", out JsonElement tags) && tags.ValueKind == JsonValueKind.Array)
        {
            license = tags.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)
                .FirstOrDefault(t => t.StartsWith(Tag, StringComparison.Ordinal))?[Tag.Length..];
        }

        return license is { Length: > 0 and <= MaxLicenseLength } && license.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+') ? license : null;
    }

    private static long? Size(HubReference reference, string path, JsonElement element)
    {
        if (!element.TryGetProperty("size", out JsonElement size) || size.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long bytes) && bytes >= 0 ? bytes : throw Bad(reference, $"a size of '{path}' that is a number from 0; found {Printable(size.GetRawText())}");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Printable(string text)
    {
        const int Shown = 100;
        string clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= Shown ? clean : clean[..Shown] + "…";
    }

    private static HubException Bad(HubReference reference, string expected, Exception? inner = null) =>
        new(HubFailure.BadAnswer, $"The hub's description of {reference} is not to be used: expected {expected}. Is {HubSettings.EndpointVariable} the address of a hub?", inner);
}
