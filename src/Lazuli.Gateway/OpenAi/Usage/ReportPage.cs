namespace Lazuli.Gateway;

/// <summary>A page of a report, as OpenAI's usage API has it.</summary>
/// <param name="Object">Always <c>page</c>.</param>
/// <param name="Data">What is on it.</param>
/// <param name="HasMore">Whether another follows.</param>
/// <param name="NextPage">Its name, to be sent as <c>page</c>; null for none.</param>
internal sealed record ReportPage<T>(string Object, IReadOnlyList<T> Data, bool HasMore, string? NextPage);

/// <summary>A stretch of time and what fell into it.</summary>
/// <param name="Object">Always <c>bucket</c>.</param>
/// <param name="StartTime">Its begin, in seconds since 1970.</param>
/// <param name="EndTime">Its end, exclusive.</param>
/// <param name="Results">One for each group; none when nothing was used.</param>
internal sealed record UsageBucket<T>(string Object, long StartTime, long EndTime, IReadOnlyList<T> Results);
