using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Clients that admit and settle requests one after another, all on one account.</summary>
internal sealed class LedgerLoad
{
    private const int Edge = 10_000;
    private readonly List<double> _calls = [];

    private LedgerLoad()
    {
    }

    /// <summary>Who pays.</summary>
    public static PartyId Buyer { get; } = new("buyer");

    /// <summary>Who sells.</summary>
    public static PartyId Seller { get; } = new("seller");

    /// <summary>Five licences between them.</summary>
    public static GrantId[] Chain { get; } = [.. Enumerable.Range(1, 5).Select(link => new GrantId("grant_bench" + link.ToString(System.Globalization.CultureInfo.InvariantCulture)))];

    /// <summary>Time measured.</summary>
    public double Seconds { get; private set; }

    /// <summary>Requests settled.</summary>
    public long Requests { get; private set; }

    /// <summary>Rate of the first 10,000.</summary>
    public double FirstPerSecond { get; private set; }

    /// <summary>Rate of the last 10,000.</summary>
    public double LastPerSecond { get; private set; }

    /// <summary>Processor time of the process meanwhile.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>Time of a call, in milliseconds.</summary>
    public double Percentile(double share) => _calls.Count == 0 ? 0 : _calls[Math.Min(_calls.Count - 1, (int)(_calls.Count * share))];

    /// <summary>Runs the clients until the time is over.</summary>
    public static async Task<LedgerLoad> RunAsync(IReadOnlyList<IAdmission> gateways, int clients, TimeSpan length, CancellationToken cancel)
    {
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(gateways[client % gateways.Count], client, Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(0.5), cancel), cancel))).ConfigureAwait(false); // compiles and fills caches
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        Measured[] measured = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(gateways[client % gateways.Count], client, start, length, cancel), cancel))).ConfigureAwait(false);
        var load = new LedgerLoad { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
        process.Refresh();
        load.ProcessorSeconds = (process.TotalProcessorTime - before).TotalSeconds;
        double[] ends = [.. measured.SelectMany(m => m.Ends).Order()];
        load.Requests = ends.Length;
        load._calls.AddRange(measured.SelectMany(m => m.Calls).Order());
        if (ends.Length > Edge)
        {
            load.FirstPerSecond = Edge / ends[Edge];
            load.LastPerSecond = Edge / (ends[^1] - ends[^(Edge + 1)]);
        }

        return load;
    }

    private static async Task<Measured> ClientAsync(IAdmission gateway, int client, long start, TimeSpan length, CancellationToken cancel)
    {
        var measured = new Measured([], []);
        string key = "key" + (client % 16).ToString(System.Globalization.CultureInfo.InvariantCulture);
        while (Stopwatch.GetElapsedTime(start) < length && !cancel.IsCancellationRequested)
        {
            var request = new AdmissionRequest
            {
                RequestId = Guid.CreateVersion7(),
                Key = key,
                Project = new ProjectId("bench"),
                Party = Buyer,
                GrantChain = Chain,
                Epoch = 0,
                ModelName = "bench",
                ModelDigest = "",
                PromptTokens = 100,
                MaxNewTokens = 200,
            };
            long asked = Stopwatch.GetTimestamp();
            AdmissionResult result = await gateway.AdmitAsync(request, cancel).ConfigureAwait(false);
            measured.Calls.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            if (result is not AdmissionResult.Admitted(var admitted))
            {
                throw new CommandException($"A request of the benchmark was refused: {result}");
            }

            asked = Stopwatch.GetTimestamp();
            await admitted.SettleAsync(new UsageFacts(new ChargedTokens(100, 20, 50), 0.01, 1e9, RequestOutcome.Completed), cancel).ConfigureAwait(false);
            measured.Calls.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            measured.Ends.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return measured;
    }

    private sealed record Measured(List<double> Ends, List<double> Calls);
}
