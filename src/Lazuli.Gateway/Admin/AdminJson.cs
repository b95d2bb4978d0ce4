using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>How the admin API writes JSON: members in camelCase, enumerations by name, ids as plain strings, amounts as decimal strings.</summary>
public static class AdminJson
{
    /// <summary>For both ends of the API.</summary>
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Gives <paramref name="options"/> the API's ways.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow; // a clause with a slip of the pen must not be a licence without that clause
        options.AllowDuplicateProperties = false;
        options.RespectRequiredConstructorParameters = true;
        options.RespectNullableAnnotations = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new IdConverter<PartyId>(text => new PartyId(text), id => id.Value));
        options.Converters.Add(new IdConverter<ProjectId>(text => new ProjectId(text), id => id.Value));
        options.Converters.Add(new IdConverter<InvoiceId>(text => new InvoiceId(text), id => id.Value));
        options.Converters.Add(new IdConverter<GrantId>(text => new GrantId(text), id => id.Value));
        options.Converters.Add(new IdConverter<Currency>(text => new Currency(text), currency => currency.Code));
        options.Converters.Add(new IdConverter<ContentDigest>(text => new ContentDigest(text), digest => digest.Value));
        options.Converters.Add(new MoneyConverter());
        return options;
    }

    private sealed class IdConverter<T>(Func<string, T> read, Func<T, string> write) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? read(reader.GetString()!) : throw new JsonException($"Expected a string; found {reader.TokenType}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }

    /// <summary>Money as <c>{"amount": "12.34", "currency": "EUR"}</c>: a number of JSON is a double to most readers.</summary>
    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("amount", out JsonElement amount) || !root.TryGetProperty("currency", out JsonElement currency) ||
                amount.ValueKind != JsonValueKind.String || currency.ValueKind != JsonValueKind.String || root.EnumerateObject().Count() != 2)
            {
                throw new JsonException("""Expected money as {"amount": "12.34", "currency": "EUR"}.""");
            }

            return MoneyText.TryParse(amount.GetString()!, currency.GetString()!, out Money money)
                ? money
                : throw new JsonException($"'{amount.GetString()}' '{currency.GetString()}' is no amount: digits with at most nine decimals, and three capital letters.");
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("amount", MoneyText.Amount(value));
            writer.WriteString("currency", value.Currency.Code);
            writer.WriteEndObject();
        }
    }
}
