namespace Lazuli.Cli;

/// <summary>Why a request failed.</summary>
/// <param name="Kind">A few words that are the same for every failure of the kind, such as <c>HTTP 503 server_is_overloaded</c>.</param>
/// <param name="Message">What was said this time.</param>
internal sealed record LoadFailure(string Kind, string Message);

/// <summary>Failures of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Example">What the first said.</param>
internal sealed record LoadFailureCount(string Kind, int Count, string Example);
