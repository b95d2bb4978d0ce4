using System.Text.Json.Serialization;

namespace Lazuli.Gateway;

/// <summary>One frame of a chat stream, where the client did not ask for usage: the key is absent.</summary>
internal record ChatChunk(string Id, string Object, long Created, string Model, string ServiceTier, string SystemFingerprint, IReadOnlyList<ChatChunkChoice> Choices);

/// <summary>One frame of a chat stream, where the client asked for usage: null until the last frame.</summary>
internal sealed record ChatChunkWithUsage(
    string Id,
    string Object,
    long Created,
    string Model,
    string ServiceTier,
    string SystemFingerprint,
    IReadOnlyList<ChatChunkChoice> Choices,
    [property: JsonPropertyOrder(1)] UsageBody? Usage)
    : ChatChunk(Id, Object, Created, Model, ServiceTier, SystemFingerprint, Choices);

/// <summary>One choice's share of a frame; the finish reason is null until its last, never empty.</summary>
internal sealed record ChatChunkChoice(int Index, ChatDelta Delta, ChatLogprobs? Logprobs, string? FinishReason);

/// <summary>What a frame adds to a message: nothing in the last one.</summary>
[JsonDerivedType(typeof(ChatOpeningDelta))]
[JsonDerivedType(typeof(ChatTextDelta))]
internal record ChatDelta;

/// <summary>The first frame of a choice.</summary>
internal sealed record ChatOpeningDelta(string Role, string Content, string? Refusal) : ChatDelta;

/// <summary>More text.</summary>
internal sealed record ChatTextDelta(string Content) : ChatDelta;
