namespace Lazuli.Gateway;

/// <summary>A whole chat answer.</summary>
internal sealed record ChatCompletion(
    string Id,
    string Object,
    long Created,
    string Model,
    IReadOnlyList<ChatCompletionChoice> Choices,
    UsageBody Usage,
    string ServiceTier,
    string SystemFingerprint);

/// <summary>One choice; <paramref name="Logprobs"/> null unless asked for; clients want the key.</summary>
internal sealed record ChatCompletionChoice(int Index, ChatCompletionMessage Message, ChatLogprobs? Logprobs, string FinishReason);

/// <summary>The assistant's message; <paramref name="Refusal"/> null and <paramref name="Annotations"/> empty, but written.</summary>
internal sealed record ChatCompletionMessage(string Role, string? Content, string? Refusal, IReadOnlyList<object> Annotations);
