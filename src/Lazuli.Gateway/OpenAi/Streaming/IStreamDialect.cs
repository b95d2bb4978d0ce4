using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>How one route says what happens in a stream.</summary>
internal interface IStreamDialect
{
    /// <summary>The stream begins.</summary>
    void WriteOpening(EventStream stream);

    /// <summary>A choice has more text; <paramref name="tokens"/> made it, where log-probabilities were asked for.</summary>
    void WriteText(EventStream stream, int choice, string text, IReadOnlyList<GenerationEvent.TokenChosen>? tokens);

    /// <summary>A choice ended.</summary>
    void WriteFinished(EventStream stream, int choice, FinishReason reason);

    /// <summary>All choices ended, and the client wants the counts.</summary>
    void WriteUsage(EventStream stream, TokenUsage usage);
}
