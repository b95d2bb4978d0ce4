using System.Text.Json;

namespace Lazuli.Models;

/// <summary>Two facts of a <c>tokenizer.json</c>, found without building its vocabulary. Files that are no JSON answer no: their readers say what is wrong.</summary>
internal static class TokenizerJsonOutline
{
    /// <summary>Whether the model spells what no piece covers in byte tokens, as SentencePiece's do.</summary>
    public static bool AsksByteFallback(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return Enter(ref reader, "model"u8) && reader.TokenType == JsonTokenType.StartObject && Seek(ref reader, "byte_fallback"u8) && reader.TokenType == JsonTokenType.True;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether the post-processor puts a special token before a text; null when there is none that says.</summary>
    public static bool? BeginsWithSpecial(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!Enter(ref reader, "post_processor"u8) || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return BeginsWithSpecial(document.RootElement, depth: 0);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool? BeginsWithSpecial(JsonElement processor, int depth)
    {
        const int Deepest = 4;
        if (processor.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            return null;
        }

        if (processor.TryGetProperty("single", out JsonElement single) && single.ValueKind == JsonValueKind.Array && single.GetArrayLength() > 0)
        {
            return single[0].ValueKind == JsonValueKind.Object && single[0].TryGetProperty("SpecialToken", out _);
        }

        bool? found = null;
        if (processor.TryGetProperty("processors", out JsonElement parts) && parts.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement part in parts.EnumerateArray())
            {
                found ??= BeginsWithSpecial(part, depth + 1);
            }
        }

        return found;
    }

    /// <summary>Goes to the value of a field of the outermost object.</summary>
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && Seek(ref reader, name);

    /// <summary>From an object's start to the value of one of its fields, stepping over the others.</summary>
    private static bool Seek(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isWanted = reader.ValueTextEquals(name);
            reader.Read();
            if (isWanted)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
