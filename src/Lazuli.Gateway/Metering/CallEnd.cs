namespace Lazuli.Gateway;

/// <summary>Why a running call is ended by us.</summary>
internal abstract record CallEnd
{
    private CallEnd()
    {
    }

    /// <summary>A hard limit is reached: the answer ends cleanly, as at its token limit.</summary>
    public sealed record LimitReached : CallEnd;

    /// <summary>A licence, stage or hold changed: the answer ends with an error.</summary>
    public sealed record Revoked(OpenAiError Error) : CallEnd;

    /// <summary>Money cannot be asked any more: the answer ends with an error, and what was marked is charged.</summary>
    public sealed record MeterLost(OpenAiError Error) : CallEnd;
}
