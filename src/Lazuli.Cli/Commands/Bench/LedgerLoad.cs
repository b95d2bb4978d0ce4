using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Clients that admit and settle requests one after another.</summary>
internal sealed class LedgerLoad
{
    private const int Window = 10_000;
    private readonly LatencyBuckets _calls = new();
    private readonly List<TimeSpan> _windows = []; // when each further ten thousand were settled

    private LedgerLoad()
    {
    }

    /// <summary>Time measured.</summary>
    public double Seconds { get; private set; }

    /// <summary>Requests settled.</summary>
    public long Requests { get; private set; }

    /// <summary>Processor time of the process meanwhile.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>Time of a call, in milliseconds.</summary>
    public double Percentile(double share) => _calls.Percentile(share);

    /// <summary>Rates over the last tenth before the first 10 thousand, 100 thousand, 1 million requests and so on, and before the last: whether a request costs more when there are many.</summary>
    public IReadOnlyList<RateMark> Rates()
    {
        var marks = new List<RateMark>();
        for (long at = Window; at <= (long)_windows.Count * Window; at *= 10)
        {
            marks.Add(RateBefore(at));
        }

        if (_windows.Count > 0 && marks[^1].Requests != (long)_windows.Count * Window)
        {
            marks.Add(RateBefore((long)_windows.Count * Window));
        }

        return marks;
    }

    /// <summary>Runs the clients until the time or the requests are over, after half a second that compiles and fills caches.</summary>
    /// <param name="gateways">Where the requests are admitted, client by client.</param>
    /// <param name="clients">Requests under way at once.</param>
    /// <param name="length">How long; null for no end.</param>
    /// <param name="requests">How many; null for no end.</param>
    /// <param name="payer">Who asks, by client and by how many it has asked.</param>
    /// <param name="settled">Called after each request.</param>
    /// <param name="cancel">Ends it early.</param>
    public static async Task<LedgerLoad> RunAsync(
        IReadOnlyList<IAdmission> gateways, int clients, TimeSpan? length, long? requests, Func<int, long, LedgerPayer> payer, Action settled, CancellationToken cancel)
    {
        await new LedgerLoad().RunOnceAsync(gateways, clients, TimeSpan.FromSeconds(0.5), requests: null, payer, static () => { }, cancel).ConfigureAwait(false);
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        var load = new LedgerLoad();
        await load.RunOnceAsync(gateways, clients, length, requests, payer, settled, cancel).ConfigureAwait(false);
        process.Refresh();
        load.ProcessorSeconds = (process.TotalProcessorTime - before).TotalSeconds;
        return load;
    }

    private RateMark RateBefore(long requests)
    {
        int end = (int)(requests / Window);
        int begin = end - Math.Max(1, end / 10);
        double seconds = (_windows[end - 1] - (begin == 0 ? TimeSpan.Zero : _windows[begin - 1])).TotalSeconds;
        return new RateMark(requests, (end - begin) * Window / seconds);
    }

    private async Task RunOnceAsync(
        IReadOnlyList<IAdmission> gateways, int clients, TimeSpan? length, long? requests, Func<int, long, LedgerPayer> payer, Action settled, CancellationToken cancel)
    {
        long begun = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client), cancel))).ConfigureAwait(false);
        Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task ClientAsync(int client)
        {
            var calls = new LatencyBuckets();
            for (long asked = 0; !cancel.IsCancellationRequested && !(Stopwatch.GetElapsedTime(start) >= length) && !(Interlocked.Increment(ref begun) > requests); asked++)
            {
                await RequestAsync(gateways[client % gateways.Count], payer(client, asked), calls, cancel).ConfigureAwait(false);
                settled();
                Count(Stopwatch.GetElapsedTime(start));
            }

            lock (_calls)
            {
                _calls.Add(calls);
            }
        }
    }

    private void Count(TimeSpan at)
    {
        lock (_windows)
        {
            if (++Requests % Window == 0)
            {
                _windows.Add(at);
            }
        }
    }

    private static async Task RequestAsync(IAdmission gateway, LedgerPayer payer, LatencyBuckets calls, CancellationToken cancel)
    {
        var request = new AdmissionRequest
        {
            RequestId = Guid.CreateVersion7(),
            Key = payer.Key,
            Project = payer.Project,
            Party = payer.Party,
            GrantChain = payer.GrantChain,
            Epoch = 0,
            ModelName = "bench",
            ModelDigest = "",
            PromptTokens = 100,
            MaxNewTokens = 200,
        };
        long asked = Stopwatch.GetTimestamp();
        AdmissionResult result = await gateway.AdmitAsync(request, cancel).ConfigureAwait(false);
        calls.Add(Stopwatch.GetElapsedTime(asked));
        if (result is not AdmissionResult.Admitted(var admitted))
        {
            throw new CommandException($"A request of the benchmark was refused: {result}");
        }

        asked = Stopwatch.GetTimestamp();
        await admitted.SettleAsync(new UsageFacts(new ChargedTokens(100, 20, 50), 0.01, 1e9, RequestOutcome.Completed), cancel).ConfigureAwait(false);
        calls.Add(Stopwatch.GetElapsedTime(asked));
    }
}
