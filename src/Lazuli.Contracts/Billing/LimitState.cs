namespace Lazuli.Contracts;

/// <summary>The tightest limits on requests and tokens of a key, as <c>x-ratelimit-*</c> headers tell them; null where there is no limit.</summary>
/// <param name="Requests">Requests.</param>
/// <param name="Tokens">Tokens.</param>
public sealed record LimitState(LimitWindow? Requests, LimitWindow? Tokens)
{
    /// <summary>No limits.</summary>
    public static readonly LimitState None = new(null, null);
}

/// <summary>One limit's window.</summary>
/// <param name="Limit">Most in the window.</param>
/// <param name="Remaining">Left of it now, holds taken off.</param>
/// <param name="Reset">Until it is whole again.</param>
public sealed record LimitWindow(long Limit, long Remaining, TimeSpan Reset);
