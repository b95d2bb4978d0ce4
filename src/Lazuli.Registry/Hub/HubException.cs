namespace Lazuli.Registry;

/// <summary>Files of a hub did not come. The message says what was wanted, what came and what to do; it never holds a token.</summary>
public sealed class HubException(HubFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What happened.</summary>
    public HubFailure Failure { get; } = failure;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Failure is HubFailure.Unreachable or HubFailure.InUse;
}
