namespace Lazuli.Contracts;

/// <summary>An engine did not take a request.</summary>
public sealed class EngineRefusedException(EngineRefusal reason, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public EngineRefusal Reason { get; } = reason;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Reason is EngineRefusal.QueueFull or EngineRefusal.ShuttingDown;
}

/// <summary>Why an engine did not take a request.</summary>
public enum EngineRefusal
{
    /// <summary>Prompt plus asked-for tokens do not fit the context.</summary>
    ContextLengthExceeded,

    /// <summary>Too many requests wait already.</summary>
    QueueFull,

    /// <summary>The server drains and takes nothing new.</summary>
    ShuttingDown,

    /// <summary>A dialogue came, and the model has no chat format.</summary>
    ChatNotSupported,

    /// <summary>The answer's constraint cannot be met, or is of a kind that is not supported.</summary>
    ConstraintNotSupported,

    /// <summary>A bias names a token that the model does not have.</summary>
    TokenOutOfVocabulary,

    /// <summary>A text to score has a token that the tokenizer lacks, so that it has no probability.</summary>
    TokenNotScorable,

    /// <summary>Shorter vectors were asked of a model whose vectors cannot be cut.</summary>
    DimensionsNotSupported,
}
