namespace Lazuli.Gateway;

/// <summary>All vectors of a request.</summary>
internal sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingObject> Data, string Model, EmbeddingUsage Usage);

/// <summary>One input's vector.</summary>
internal sealed record EmbeddingObject(string Object, int Index, EmbeddingVector Embedding);

/// <summary>Token counts; nothing is generated.</summary>
internal sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);
