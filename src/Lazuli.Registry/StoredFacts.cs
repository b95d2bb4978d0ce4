using System.Text.Json;

namespace Lazuli.Registry;

/// <summary>Free-form facts in the database: their JSON text; null where none were given.</summary>
internal static class StoredFacts
{
    public static string? Format(JsonElement facts) => facts.ValueKind == JsonValueKind.Undefined ? null : facts.GetRawText();

    public static JsonElement Parse(string? text)
    {
        if (text is null)
        {
            return default;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
