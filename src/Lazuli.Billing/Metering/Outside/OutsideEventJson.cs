using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Reads meter events from outside: CloudEvents 1.0 in JSON, one or a list, as our own are written; refuses what is none with place, expected and found. Pure.</summary>
/// <remarks>Numbers are texts, since JSON's are doubles to most readers; whole numbers of JSON are taken too. What can be read and cannot be, such as a negative quantity, is for the judgement.</remarks>
internal static class OutsideEventJson
{
    /// <summary>Events of one document.</summary>
    public const int MostEvents = 1_000;

    /// <summary>Bytes of one document.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>Characters of one event: what quarantine keeps.</summary>
    public const int MostEventLength = 8_192;

    private static readonly string[] s_members =
        ["specversion", "type", "source", "id", "time", "subject", "datacontenttype", "grantid", "priceversion", "modeldigest", "data"];

    private static readonly string[] s_dataMembers =
    [
        "request", "model", "outcome", "promptTokens", "cachedTokens", "completionTokens", "deviceMicroseconds", "flop", "chargeNanos", "currency", "project", "key", "batch", "requests", "deviceSeconds",
    ];

    /// <summary>The events, in the document's order.</summary>
    /// <exception cref="BillingRefusedException">It is malformed.</exception>
    public static IReadOnlyList<OutsideEvent> Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MostBytes)
        {
            throw PlanJson.Refuse("$", $"at most {MostBytes} bytes", $"{document.Length}");
        }

        byte[] canonical;
        try
        {
            canonical = CanonicalJson.Format(document);
        }
        catch (StatementFormatException e)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, e.Path, e.Expected, e.Found, e);
        }

        using JsonDocument json = JsonDocument.Parse(canonical);
        if (json.RootElement.ValueKind != JsonValueKind.Array)
        {
            return [Event(json.RootElement, "$")];
        }

        int count = json.RootElement.GetArrayLength();
        return count is > 0 and <= MostEvents
            ? [.. json.RootElement.EnumerateArray().Select((element, i) => Event(element, string.Create(CultureInfo.InvariantCulture, $"$[{i}]")))]
            : throw PlanJson.Refuse("$", $"1 to {MostEvents} events", count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>An event that was kept.</summary>
    public static OutsideEvent ReadOne(string text) => Read(Encoding.UTF8.GetBytes(text))[0];

    private static OutsideEvent Event(JsonElement json, string place)
    {
        PlanJson.Object(json, place, s_members);
        string text = json.GetRawText(); // of canonical JSON, so canonical itself
        if (text.Length > MostEventLength)
        {
            throw PlanJson.Refuse(place, $"at most {MostEventLength} characters", $"{text.Length}");
        }

        Exactly(json, place, "specversion", "1.0");
        if (json.TryGetProperty("datacontenttype", out _))
        {
            Exactly(json, place, "datacontenttype", "application/json");
        }

        string type = PlanJson.Text(json, place, "type");
        MeterEventKind kind = type switch
        {
            "lazuli.usage.request" => MeterEventKind.Request,
            "lazuli.usage.job" => MeterEventKind.Job,
            _ => throw PlanJson.Refuse($"{place}.type", "lazuli.usage.request or lazuli.usage.job", type),
        };
        if (!json.TryGetProperty("data", out JsonElement data))
        {
            throw PlanJson.Refuse($"{place}.data", "an object", "nothing");
        }

        string at = $"{place}.data";
        PlanJson.Object(data, at, s_dataMembers);
        var read = new OutsideEvent
        {
            Source = PlanJson.Text(json, place, "source"),
            Sequence = Sequence(json, place),
            Kind = kind,
            At = Time(json, place),
            Party = new PartyId(PlanJson.Text(json, place, "subject")),
            Project = new ProjectId(PlanJson.Text(data, at, "project")),
            Key = Optional(data, at, "key"),
            GrantChain = Optional(json, place, "grantid"),
            PriceVersion = PlanJson.Text(json, place, "priceversion"),
            ModelName = PlanJson.Text(data, at, "model"),
            ModelDigest = PlanJson.Text(json, place, "modeldigest"),
            Request = Optional(data, at, "request"),
            Outcome = Outcome(data, at),
            Tokens = new ChargedTokens(Number(data, at, "promptTokens") ?? 0, Number(data, at, "cachedTokens") ?? 0, Number(data, at, "completionTokens") ?? 0),
            DeviceMicroseconds = Number(data, at, "deviceMicroseconds") ?? 0,
            Flop = Flop(data, at),
            Batch = Flag(data, at, "batch"),
            ChargeNanos = Number(data, at, "chargeNanos"),
            Currency = Code(data, at),
            Text = text,
            Content = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        };
        Check(read, at);
        return read;
    }

    private static void Check(OutsideEvent read, string at)
    {
        if (read.Tokens.Cached > read.Tokens.Prompt && read.Tokens.Prompt >= 0)
        {
            throw PlanJson.Refuse($"{at}.cachedTokens", "no more than promptTokens", $"{read.Tokens.Cached} of {read.Tokens.Prompt}");
        }

        if (read.Kind == MeterEventKind.Job && read.Tokens != default)
        {
            throw PlanJson.Refuse($"{at}.promptTokens", "no tokens of a job: it is charged by device-seconds", $"{read.Tokens.Prompt} prompt and {read.Tokens.Completion} generated");
        }
    }

    private static void Exactly(JsonElement json, string place, string member, string wanted)
    {
        string text = PlanJson.Text(json, place, member);
        if (text != wanted)
        {
            throw PlanJson.Refuse($"{place}.{member}", wanted, text);
        }
    }

    private static string Optional(JsonElement json, string place, string member) =>
        !json.TryGetProperty(member, out JsonElement value) || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0) ? "" : PlanJson.Text(json, place, member);

    private static long Sequence(JsonElement json, string place)
    {
        string text = PlanJson.Text(json, place, "id");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) && sequence > 0 && text[0] != '0'
            ? sequence
            : throw PlanJson.Refuse($"{place}.id", "the number in its source, 1, 2, 3 …, as a text", text);
    }

    private static DateTimeOffset Time(JsonElement json, string place)
    {
        string text = PlanJson.Text(json, place, "time");
        bool hasZone = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (!hasZone || text.IndexOf('T', StringComparison.Ordinal) != 10 || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time) || time < DateTimeOffset.UnixEpoch)
        {
            throw PlanJson.Refuse($"{place}.time", "a time with its zone, such as 2026-11-01T12:00:00Z, from 1970 on", text);
        }

        return UnixTime.FromMicroseconds(UnixTime.Microseconds(time));
    }

    /// <summary>A whole number as a text or a number; null when it is left out.</summary>
    private static long? Number(JsonElement json, string place, string member)
    {
        if (!json.TryGetProperty(member, out JsonElement value))
        {
            return null;
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number && text.Length <= 19 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw PlanJson.Refuse($"{place}.{member}", "a whole number of at most 18 digits", text.Length <= 40 ? text : $"{text.Length} characters");
    }

    private static double Flop(JsonElement json, string place)
    {
        if (!json.TryGetProperty("flop", out JsonElement value))
        {
            return 0;
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number && text.Length <= 40
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double flop) && double.IsFinite(flop)
            ? flop
            : throw PlanJson.Refuse($"{place}.flop", "a number such as \"1.5e12\"", text.Length <= 40 ? text : $"{text.Length} characters");
    }

    private static bool Flag(JsonElement json, string place, string member) => json.TryGetProperty(member, out JsonElement value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw PlanJson.Refuse($"{place}.{member}", "true or false", value.GetRawText()));

    private static RequestOutcome Outcome(JsonElement json, string place)
    {
        string text = PlanJson.Text(json, place, "outcome");
        return Enum.GetNames<RequestOutcome>().Contains(text) && Enum.TryParse(text, out RequestOutcome outcome)
            ? outcome
            : throw PlanJson.Refuse($"{place}.outcome", string.Join(", ", Enum.GetNames<RequestOutcome>()), text);
    }

    private static Currency Code(JsonElement json, string place)
    {
        string text = PlanJson.Text(json, place, "currency");
        return CurrencyDigits.IsCode(text) ? new Currency(text) : throw PlanJson.Refuse($"{place}.currency", "three capital letters, such as EUR", text);
    }
}
