namespace Lazuli.Contracts;

/// <summary>How a metered request ended.</summary>
public enum RequestOutcome
{
    /// <summary>To its end.</summary>
    Completed,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>A hard limit ended it.</summary>
    LimitReached,

    /// <summary>A licence, stage or hold changed while it ran.</summary>
    Revoked,

    /// <summary>The engine failed.</summary>
    Failed,

    /// <summary>The server was killed; settled from the last durable mark.</summary>
    Interrupted,
}
