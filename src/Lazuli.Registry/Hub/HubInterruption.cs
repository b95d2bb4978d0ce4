namespace Lazuli.Registry;

/// <summary>A request broke off in a way that another try may mend.</summary>
internal sealed class HubInterruption(string what, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(what, inner)
{
    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
