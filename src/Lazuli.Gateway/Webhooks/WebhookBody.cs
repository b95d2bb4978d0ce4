using System.Text;
using System.Text.Json;

namespace Lazuli.Gateway;

/// <summary>The body of a webhook: <c>{"type", "timestamp", "data"}</c>.</summary>
internal static class WebhookBody
{
    /// <summary>Puts it together.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="data">A JSON object.</param>
    public static string Of(string type, DateTimeOffset at, string data)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", at.UtcDateTime);
            json.WritePropertyName("data");
            json.WriteRawValue(data);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
