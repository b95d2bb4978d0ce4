using System.Collections.Concurrent;
using System.Diagnostics;

namespace Lazuli.Cli;

/// <summary>Drives a server with many clients at once and measures what they see.</summary>
internal sealed class LoadGenerator(CompletionClient client, string model, LoadPrompts prompts)
{
    /// <summary>Learns how many tokens the server makes of words, which also shows that it answers at all.</summary>
    /// <exception cref="CommandException">It does not.</exception>
    public static async Task<LoadGenerator> PrepareAsync(CompletionClient client, string model, LoadShape shape, CancellationToken cancel)
    {
        var prompts = new LoadPrompts(shape);
        int few = await CountAsync(LoadPrompts.FewWords).ConfigureAwait(false);
        int more = await CountAsync(LoadPrompts.MoreWords).ConfigureAwait(false);
        return new LoadGenerator(client, model, prompts.Calibrated(few, more));

        async Task<int> CountAsync(int words)
        {
            LoadOutcome outcome = await client.SendAsync(model, prompts.OfWords(words), Stopwatch.GetTimestamp(), due: null, cancel).ConfigureAwait(false);
            return outcome.Failure is { } failure ? throw CompletionClient.Refused(failure) : outcome.PromptTokens;
        }
    }

    /// <summary>Sends so many requests, at most <paramref name="concurrency"/> at once. When <paramref name="cancel"/> comes, measures what is over by then.</summary>
    /// <param name="level">Number of the level; words of prompts depend on it.</param>
    /// <param name="concurrency">Clients.</param>
    /// <param name="requests">Requests.</param>
    /// <param name="ratePerSecond">Requests that fall due in a second, on average; null sends the next as soon as a client is free.</param>
    /// <param name="cancel">Ends it early.</param>
    public async Task<LoadMeasurement> RunAsync(int level, int concurrency, int requests, double? ratePerSecond, CancellationToken cancel)
    {
        double[] arrivals = prompts.Arrivals(requests, ratePerSecond);
        var outcomes = new ConcurrentQueue<LoadOutcome>();
        int next = -1;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(concurrency, requests)).Select(_ => Task.Run(WorkAsync, CancellationToken.None))).ConfigureAwait(false);
        double seconds = cancel.IsCancellationRequested ? Stopwatch.GetElapsedTime(start).TotalSeconds : outcomes.Max(o => o.End);
        return LoadMeasurement.Of(concurrency, requests, seconds, outcomes);

        async Task WorkAsync()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < requests; i = Interlocked.Increment(ref next))
                {
                    LoadRequest request = prompts.Of(level, i);
                    if (ratePerSecond is not null)
                    {
                        await WaitAsync(arrivals[i]).ConfigureAwait(false);
                    }

                    outcomes.Enqueue(await client.SendAsync(model, request, start, ratePerSecond is null ? null : arrivals[i], cancel).ConfigureAwait(false));
                }
            }
            catch (Exception e) when (cancel.IsCancellationRequested && e is OperationCanceledException or HttpRequestException or IOException)
            {
                // The user has seen enough; what is over counts.
            }
        }

        async Task WaitAsync(double due)
        {
            // Timers count whole milliseconds and may come a little early.
            for (double left; (left = due - Stopwatch.GetElapsedTime(start).TotalSeconds) > 0;)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000)), cancel).ConfigureAwait(false);
            }
        }
    }
}
