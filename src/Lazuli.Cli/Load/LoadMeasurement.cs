namespace Lazuli.Cli;

/// <summary>What one level of concurrency gave. Rates count requests that were answered whole, over the time from the first request to the last end.</summary>
internal sealed record LoadMeasurement
{
    /// <summary>Clients that asked at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Requests answered whole.</summary>
    public required int Completed { get; init; }

    /// <summary>Requests that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Requests that the user's interruption left unsent or unanswered.</summary>
    public required int Unfinished { get; init; }

    /// <summary>From the first request to the last end.</summary>
    public required double Seconds { get; init; }

    public required double RequestsPerSecond { get; init; }

    /// <summary>By the server's count, cached ones included.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Prompt tokens that the server had in its cache.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>By the server's count.</summary>
    public required long CompletionTokens { get; init; }

    public required double PromptTokensPerSecond { get; init; }

    public required double CompletionTokensPerSecond { get; init; }

    /// <summary>From the request (with a rate: from when it was due) to its first text.</summary>
    public LatencySummary? TimeToFirstToken { get; init; }

    /// <summary>Between one frame with text and the next of the same answer; all answers together.</summary>
    public LatencySummary? BetweenTokens { get; init; }

    /// <summary>Of each answer: time from its first text to its last, over its tokens after the first.</summary>
    public LatencySummary? PerOutputToken { get; init; }

    /// <summary>From the request (with a rate: from when it was due) to the end of its stream.</summary>
    public LatencySummary? EndToEnd { get; init; }

    /// <summary>Failures by kind, the most frequent first.</summary>
    public required IReadOnlyList<LoadFailureCount> Failures { get; init; }

    /// <param name="concurrency">Clients.</param>
    /// <param name="requests">Requests that were to be sent.</param>
    /// <param name="seconds">From the first request to the last end.</param>
    /// <param name="outcomes">Those that are over.</param>
    public static LoadMeasurement Of(int concurrency, int requests, double seconds, IReadOnlyCollection<LoadOutcome> outcomes)
    {
        LoadOutcome[] whole = [.. outcomes.Where(o => o.Failure is null)];
        long promptTokens = whole.Sum(o => (long)o.PromptTokens);
        long completionTokens = whole.Sum(o => (long)o.CompletionTokens);
        return new LoadMeasurement
        {
            Concurrency = concurrency,
            Completed = whole.Length,
            Failed = outcomes.Count - whole.Length,
            Unfinished = requests - outcomes.Count,
            Seconds = seconds,
            RequestsPerSecond = Rate(whole.Length),
            PromptTokens = promptTokens,
            CachedTokens = whole.Sum(o => (long)o.CachedTokens),
            CompletionTokens = completionTokens,
            PromptTokensPerSecond = Rate(promptTokens),
            CompletionTokensPerSecond = Rate(completionTokens),
            TimeToFirstToken = LatencySummary.Of(whole.Where(o => o.TextAt.Count > 0).Select(o => o.TextAt[0] - o.Due)),
            BetweenTokens = LatencySummary.Of(whole.SelectMany(o => o.TextAt.Zip(o.TextAt.Skip(1), (a, b) => b - a))),
            PerOutputToken = LatencySummary.Of(whole.Where(o => o.CompletionTokens > 1 && o.TextAt.Count > 1).Select(o => (o.TextAt[^1] - o.TextAt[0]) / (o.CompletionTokens - 1))),
            EndToEnd = LatencySummary.Of(whole.Select(o => o.End - o.Due)),
            Failures = [.. outcomes.Select(o => o.Failure).OfType<LoadFailure>().GroupBy(f => f.Kind, StringComparer.Ordinal)
                .Select(g => new LoadFailureCount(g.Key, g.Count(), g.First().Message)).OrderByDescending(f => f.Count).ThenBy(f => f.Kind, StringComparer.Ordinal)],
        };

        double Rate(long count) => seconds > 0 ? count / seconds : 0;
    }
}
