using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Billing;

/// <summary>Documents about money as canonical JSON: ids as texts, whole numbers as texts (a double keeps 53 bits of them), times as they are stored.</summary>
internal static class MoneyJson
{
    private static readonly JsonSerializerOptions s_options = Options();

    /// <summary>The canonical text.</summary>
    public static string Format<T>(T document) => Encoding.UTF8.GetString(CanonicalJson.Format(JsonSerializer.SerializeToElement(document, s_options)));

    /// <summary>The document of a text.</summary>
    /// <exception cref="JsonException">It was not written here.</exception>
    public static T Parse<T>(string text) => JsonSerializer.Deserialize<T>(text, s_options) ?? throw new JsonException("The stored document is empty.");

    /// <summary>SHA-256 of a text, <c>sha256:…</c>.</summary>
    public static string Digest(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectRequiredConstructorParameters = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new TextConverter<PartyId>(id => id.Value, text => new PartyId(text)));
        options.Converters.Add(new TextConverter<GrantId>(id => id.Value, text => new GrantId(text)));
        options.Converters.Add(new TextConverter<Currency>(currency => currency.Code, text => new Currency(text)));
        options.Converters.Add(new TextConverter<DateTimeOffset>(Storage.StoredTime.Format, Storage.StoredTime.Parse));
        return options;
    }

    private sealed class TextConverter<T>(Func<T, string> format, Func<string, T> parse) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
    }
}
