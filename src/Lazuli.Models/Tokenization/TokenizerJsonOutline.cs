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
        catch (Exception e) when (IsDamage(e))
        {
            return false;
        }
    }

    /// <summary>Whether the post-processor puts a special token before a text; null when there is none that says.</summary>
    public static bool? BeginsWithSpecial(ReadOnlySpan<byte> json)
    {
        using JsonDocument? processor = PostProcessor(json);
        return processor is not null && Template(processor.RootElement, depth: 0) is { } template ? SpecialIn(template[0]) is not null : null;
    }

    /// <summary>The special token that the post-processor puts behind a text; null when it puts none.</summary>
    public static string? EndingSpecial(ReadOnlySpan<byte> json)
    {
        using JsonDocument? processor = PostProcessor(json);
        return processor is not null && Template(processor.RootElement, depth: 0) is { } template && template.GetArrayLength() > 1 ? SpecialIn(template[template.GetArrayLength() - 1]) : null;
    }

    /// <summary>The reader throws the second for names and texts that are no Unicode.</summary>
    private static bool IsDamage(Exception e) => e is JsonException or InvalidOperationException;

    private static JsonDocument? PostProcessor(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return Enter(ref reader, "post_processor"u8) && reader.TokenType == JsonTokenType.StartObject ? JsonDocument.ParseValue(ref reader) : null;
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>The template of a single text, not empty: its parts are special tokens and the text itself.</summary>
    private static JsonElement? Template(JsonElement processor, int depth)
    {
        const int Deepest = 4;
        if (processor.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            return null;
        }

        if (processor.TryGetProperty("single", out JsonElement single) && single.ValueKind == JsonValueKind.Array && single.GetArrayLength() > 0)
        {
            return single;
        }

        JsonElement? found = null;
        if (processor.TryGetProperty("processors", out JsonElement parts) && parts.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement part in parts.EnumerateArray())
            {
                found ??= Template(part, depth + 1);
            }
        }

        return found;
    }

    /// <summary>The name of a special token in a template; null where a part is something else.</summary>
    private static string? SpecialIn(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("SpecialToken", out JsonElement special)
            ? special.ValueKind == JsonValueKind.Object && special.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? Text(id) : ""
            : null;

    private static string Text(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException) // no Unicode, so no token's name
        {
            return "";
        }
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
