using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lazuli.Compute;

/// <summary>Reads and writes tables of profiles: JSON, format <c>lazuli-hardware/1</c>, at most 1 MiB.</summary>
/// <remarks>Rates are operations or bytes a second, sizes bytes, times seconds; a field left out is not known, and what cannot do without it says so.</remarks>
internal static class HardwareFile
{
    public const string Format = "lazuli-hardware/1";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private const int MaxBytes = 1 << 20;
    private const double MostRate = 1e21;
    private const double MostBytes = 1e18;

    /// <summary>Reads a table.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="file">Named in errors.</param>
    /// <exception cref="HardwareProfileException">It is not such a table; names profile, field and reason.</exception>
    public static HardwareTable Read(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Length > MaxBytes)
        {
            throw new HardwareProfileException(file, "-", "-", $"expected at most {MaxBytes} bytes; found {json.Length}.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, MaxDepth = 8 });
            var root = new ProfileFields(file, "-", document.RootElement);
            root.RefuseUnknown("format", "version", "profiles", "networks");
            string format = root.Text("format");
            if (format != Format)
            {
                throw root.Wrong("format", $"expected {Format}; found '{format}'.");
            }

            return new HardwareTable(
                root.Text("version"),
                [.. Items(document.RootElement, "profiles", file).Select(Profile)],
                [.. Items(document.RootElement, "networks", file).Select(Network)]);
        }
        catch (JsonException e)
        {
            throw new HardwareProfileException(file, "-", "-", $"expected JSON; line {e.LineNumber + 1}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new HardwareProfileException(file, "-", "-", $"expected JSON in UTF-8: {e.Message}", e); // a text with a lone surrogate
        }
    }

    /// <summary>Writes a table that <see cref="Read"/> reads back equal.</summary>
    public static byte[] Write(string version, IEnumerable<HardwareProfile> profiles)
    {
        var root = new JsonObject
        {
            ["format"] = Format,
            ["version"] = version,
            ["profiles"] = new JsonArray([.. profiles.Select(p => (JsonNode)Describe(p))]),
        };
        return JsonSerializer.SerializeToUtf8Bytes(root, s_json);
    }

    private static IEnumerable<ProfileFields> Items(JsonElement root, string field, string file)
    {
        if (!root.TryGetProperty(field, out JsonElement list))
        {
            yield break;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new HardwareProfileException(file, "-", field, "expected a list.");
        }

        int number = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            number++;
            string place = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : string.Create(CultureInfo.InvariantCulture, $"{field}[{number}]");
            yield return new ProfileFields(file, place, item);
        }
    }

    private static HardwareProfile Profile(ProfileFields fields)
    {
        fields.RefuseUnknown(
            "name", "description", "peakFlopPerSecond", "trainingType", "memoryBytes", "memoryBytesPerSecond", "cacheBytes", "interconnect", "devicesPerHost",
            "watts", "wattsSource", "pricePerHour", "productShare", "operatorSeconds", "source", "status", "measuredAt");
        var peaks = new Dictionary<NumberType, double>();
        ProfileFields peakFields = fields.Object("peakFlopPerSecond");
        peakFields.RefuseUnknown([.. Enum.GetValues<NumberType>().Select(ProfileFields.NameOf)]);
        foreach (NumberType type in Enum.GetValues<NumberType>().Where(t => peakFields.Has(ProfileFields.NameOf(t))))
        {
            peaks[type] = peakFields.Positive(ProfileFields.NameOf(type), "operations a second", MostRate);
        }

        NumberType training = fields.OneOf<NumberType>("trainingType");
        if (!peaks.ContainsKey(training))
        {
            throw fields.Wrong("peakFlopPerSecond." + ProfileFields.NameOf(training), "it is missing, and training uses that type.");
        }

        double? watts = fields.OptionalPositive("watts", "watts", 1e7);
        return new HardwareProfile
        {
            Name = Name(fields),
            Description = fields.Text("description"),
            PeakFlopPerSecond = peaks,
            TrainingType = training,
            MemoryBytes = fields.Positive("memoryBytes", "bytes", MostBytes),
            MemoryBytesPerSecond = fields.Positive("memoryBytesPerSecond", "bytes a second", MostRate),
            CacheBytes = fields.OptionalPositive("cacheBytes", "bytes", MostBytes),
            Interconnect = fields.OptionalObject("interconnect") is { } link ? ReadLink(link) : null,
            DevicesPerHost = (int)(fields.OptionalPositive("devicesPerHost", "devices", 1e6) ?? 1),
            Watts = watts,
            WattsSource = watts is null ? null : fields.Text("wattsSource"),
            Price = fields.OptionalObject("pricePerHour") is { } price ? ReadPrice(price) : null,
            ProductShare = fields.OptionalPositive("productShare", "a share of the peak", 1),
            OperatorSeconds = fields.OptionalPositive("operatorSeconds", "seconds", 1),
            Source = fields.Text("source"),
            Status = fields.OneOf<ProfileStatus>("status"),
            MeasuredAt = fields.OptionalTime("measuredAt"),
        };
    }

    private static NetworkProfile Network(ProfileFields fields)
    {
        fields.RefuseUnknown("name", "description", "bytesPerSecond", "latencySeconds", "source", "status");
        return new NetworkProfile(
            Name(fields), fields.Text("description"),
            new Link(fields.Positive("bytesPerSecond", "bytes a second", MostRate), fields.Positive("latencySeconds", "seconds", 10, zero: true)),
            fields.Text("source"), fields.OneOf<ProfileStatus>("status"));
    }

    private static string Name(ProfileFields fields)
    {
        const int MostCharacters = 64;
        string name = fields.Text("name");
        return name.Length <= MostCharacters && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw fields.Wrong("name", $"expected at most {MostCharacters} letters, digits and - _ . ; found '{name}'.");
    }

    private static Link ReadLink(ProfileFields link)
    {
        link.RefuseUnknown("bytesPerSecond", "latencySeconds");
        return new Link(link.Positive("bytesPerSecond", "bytes a second", MostRate), link.Positive("latencySeconds", "seconds", 10, zero: true));
    }

    private static DevicePrice ReadPrice(ProfileFields price)
    {
        price.RefuseUnknown("amount", "currency", "date", "source");
        string currency = price.Text("currency");
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            throw price.Wrong("currency", $"expected three capital letters (ISO 4217); found '{currency}'.");
        }

        return new DevicePrice((decimal)price.Positive("amount", "money an hour", 1e9, zero: true), currency, price.Date("date"), price.Text("source"));
    }

    private static JsonObject Describe(HardwareProfile p)
    {
        var peaks = new JsonObject();
        foreach ((NumberType type, double peak) in p.PeakFlopPerSecond.OrderBy(x => x.Key))
        {
            peaks[ProfileFields.NameOf(type)] = peak;
        }

        var o = new JsonObject
        {
            ["name"] = p.Name,
            ["description"] = p.Description,
            ["status"] = ProfileFields.NameOf(p.Status),
            ["measuredAt"] = p.MeasuredAt?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            ["peakFlopPerSecond"] = peaks,
            ["trainingType"] = ProfileFields.NameOf(p.TrainingType),
            ["memoryBytes"] = p.MemoryBytes,
            ["memoryBytesPerSecond"] = p.MemoryBytesPerSecond,
            ["cacheBytes"] = p.CacheBytes,
            ["interconnect"] = p.Interconnect is { } link ? new JsonObject { ["bytesPerSecond"] = link.BytesPerSecond, ["latencySeconds"] = link.LatencySeconds } : null,
            ["devicesPerHost"] = p.DevicesPerHost,
            ["watts"] = p.Watts,
            ["wattsSource"] = p.WattsSource,
            ["pricePerHour"] = p.Price is { } price
                ? new JsonObject { ["amount"] = price.Amount, ["currency"] = price.Currency, ["date"] = price.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["source"] = price.Source }
                : null,
            ["productShare"] = p.ProductShare,
            ["operatorSeconds"] = p.OperatorSeconds,
            ["source"] = p.Source,
        };
        foreach (string unknown in o.Where(f => f.Value is null).Select(f => f.Key).ToArray())
        {
            o.Remove(unknown);
        }

        return o;
    }
}
