using System.Text.Json;

namespace Lazuli.Cli;

/// <summary>What a measurement needs of one event of a completion's stream.</summary>
/// <param name="IsDone">Whether it is <c>[DONE]</c>.</param>
/// <param name="HasText">Whether it brings text of the answer.</param>
/// <param name="Usage">Prompt, cached and generated tokens, where it tells them.</param>
/// <param name="Error">The error that ends the stream.</param>
internal readonly record struct StreamFrame(bool IsDone, bool HasText, StreamUsage? Usage, LoadFailure? Error)
{
    /// <summary>Reads an event's data; <paramref name="eventType"/> is <c>error</c> in some servers' dialect.</summary>
    /// <exception cref="JsonException">The data is neither <c>[DONE]</c> nor a JSON object.</exception>
    public static StreamFrame Parse(string eventType, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return new StreamFrame(true, false, null, null);
        }

        var reader = new Utf8JsonReader(data);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A frame of the stream is no JSON object.");
        }

        LoadFailure? error = eventType == "error" || Member(root, "error") is { ValueKind: not JsonValueKind.Null }
            ? ErrorOf("error in the stream", root)
            : null;
        return new StreamFrame(false, HasTextIn(root), UsageOf(root), error);
    }

    /// <summary>The failure in an error body: its code, else its type, after <paramref name="kind"/>.</summary>
    public static LoadFailure ErrorOf(string kind, JsonElement body)
    {
        JsonElement error = Member(body, "error") ?? body;
        string? code = TextOf(Member(error, "code")) ?? TextOf(Member(error, "type"));
        string message = TextOf(Member(error, "message")) ?? TextOf(error) ?? "The server gave no reason.";
        return new LoadFailure(code is null ? kind : $"{kind} {code}", message);
    }

    private static bool HasTextIn(JsonElement root)
    {
        if (Member(root, "choices") is not { ValueKind: JsonValueKind.Array } choices)
        {
            return false;
        }

        foreach (JsonElement choice in choices.EnumerateArray())
        {
            JsonElement? text = Member(choice, "text") ?? (Member(choice, "delta") is { } delta ? Member(delta, "content") : null);
            if (TextOf(text) is { Length: > 0 })
            {
                return true;
            }
        }

        return false;
    }

    private static StreamUsage? UsageOf(JsonElement root)
    {
        if (Member(root, "usage") is not { ValueKind: JsonValueKind.Object } usage || NumberOf(Member(usage, "prompt_tokens")) is not int prompt || NumberOf(Member(usage, "completion_tokens")) is not int completion)
        {
            return null;
        }

        int? cached = Member(usage, "prompt_tokens_details") is { } details ? NumberOf(Member(details, "cached_tokens")) : null;
        return new StreamUsage(prompt, cached ?? 0, completion);
    }

    private static JsonElement? Member(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static string? TextOf(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static int? NumberOf(JsonElement? element) => element is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int value) && value >= 0 ? value : null;
}

/// <summary>A server's count of a request's tokens.</summary>
internal readonly record struct StreamUsage(int PromptTokens, int CachedTokens, int CompletionTokens);
