using System.Text.Json.Serialization;

namespace Lazuli.Gateway;

/// <summary>A whole text completion.</summary>
internal sealed record TextCompletion(
    string Id,
    string Object,
    long Created,
    string Model,
    IReadOnlyList<TextChoice> Choices,
    UsageBody Usage,
    string SystemFingerprint);

/// <summary>One frame of a text stream, where the client did not ask for usage: the key is absent.</summary>
internal record TextChunk(string Id, string Object, long Created, string Model, string SystemFingerprint, IReadOnlyList<TextChoice> Choices);

/// <summary>One frame of a text stream, where the client asked for usage: null until the last frame.</summary>
internal sealed record TextChunkWithUsage(
    string Id,
    string Object,
    long Created,
    string Model,
    string SystemFingerprint,
    IReadOnlyList<TextChoice> Choices,
    [property: JsonPropertyOrder(1)] UsageBody? Usage)
    : TextChunk(Id, Object, Created, Model, SystemFingerprint, Choices);

/// <summary>One choice, whole or its share of a frame; <paramref name="Logprobs"/> null unless asked for.</summary>
internal sealed record TextChoice(string Text, int Index, TextLogprobs? Logprobs, string? FinishReason);
