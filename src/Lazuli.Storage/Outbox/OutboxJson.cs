using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Storage;

/// <summary>How events write what has no form of its own in JSON.</summary>
public static class OutboxJson
{
    /// <summary>An amount as <c>{"amount": "12.34", "currency": "EUR"}</c>: a number of JSON is a double to most readers.</summary>
    public static void WriteMoney(this Utf8JsonWriter json, string name, Money money)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject(name);
        json.WriteString("amount", money.Units.ToString("0.00#######", CultureInfo.InvariantCulture));
        json.WriteString("currency", money.Currency.Code);
        json.WriteEndObject();
    }

    /// <summary>A time in UTC, ISO 8601.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString(name, time.UtcDateTime);
    }

    /// <summary>Texts.</summary>
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(values);
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
