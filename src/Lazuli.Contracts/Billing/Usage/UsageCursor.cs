namespace Lazuli.Contracts;

/// <summary>A place in a list of requests, newest first.</summary>
/// <param name="At">When the request before it ended.</param>
/// <param name="Source">Its event's source.</param>
/// <param name="Sequence">Its event's number.</param>
public readonly record struct UsageCursor(DateTimeOffset At, string Source, long Sequence);
