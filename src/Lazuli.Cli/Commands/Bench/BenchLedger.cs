using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench ledger</c>: requests admitted and settled a second, durable, beside the disk's own sync time in the same run.</summary>
internal static class BenchLedger
{
    private const int ChainLinks = 5;
    private const long DefaultCloseRequests = 1_000_000;
    private static readonly DateTimeOffset s_month = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Build(Terminal terminal)
    {
        var seconds = new Option<int>("--seconds") { Description = "How long to measure, 1 to 3600.", DefaultValueFactory = _ => 10 };
        var requests = new Option<long?>("--requests") { Description = "Measure so many requests instead, 10,000 to 100,000,000; the rate is told at each power of ten." };
        var clients = new Option<int>("--clients") { Description = "Requests under way at once, 1 to 4096.", DefaultValueFactory = _ => 256 };
        var customers = new Option<int>("--customers") { Description = "Accounts with a hard budget each that the requests are charged to in turn, 1 to 10,000.", DefaultValueFactory = _ => 1 };
        var gateways = new Option<int>("--gateways") { Description = "Gateways that share the database, each with its own connections, 1 to 8.", DefaultValueFactory = _ => 1 };
        var close = new Option<bool>("--close") { Description = "Spread the requests over a month and close it: an invoice a customer, a royalty statement a link. 1,000,000 requests if none are given." };
        var postgres = new Option<string?>("--postgres") { Description = "Npgsql connection string of an empty database to measure on; without it a SQLite file in a temporary folder." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("ledger", "Admit and settle requests: throughput, latency and the disk's sync time; and the month's close.") { seconds, requests, clients, customers, gateways, close, postgres, json };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal,
            new Wanted(
                InRange("--seconds", parsed.GetValue(seconds), 1, 3600),
                parsed.GetValue(requests) is { } many ? InRange("--requests", many, 10_000, 100_000_000) : parsed.GetValue(close) ? DefaultCloseRequests : null,
                (int)InRange("--clients", parsed.GetValue(clients), 1, 4096),
                (int)InRange("--customers", parsed.GetValue(customers), 1, 10_000),
                (int)InRange("--gateways", parsed.GetValue(gateways), 1, 8),
                parsed.GetValue(close),
                parsed.GetValue(postgres),
                parsed.GetValue(json)),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Wanted wanted, CancellationToken cancel)
    {
        if (wanted.Gateways > 1 && wanted.Postgres is null)
        {
            throw new CommandException("Several gateways share a PostgreSQL database: give --postgres.", ExitCode.Usage);
        }

        string folder = Directory.CreateTempSubdirectory("lazuli-bench-ledger-").FullName;
        var opened = new List<ServiceProvider>();
        try
        {
            var clock = wanted.Close ? new LoadClock(s_month) : null;
            for (int i = 0; i < wanted.Gateways; i++)
            {
                opened.Add(Open(folder, wanted.Postgres, clock));
            }

            LedgerBenchDocument result = await MeasureAsync(opened, folder, wanted, clock, cancel).ConfigureAwait(false);
            Print(terminal, result, wanted.Json);
            return cancel.IsCancellationRequested ? ExitCode.Cancelled : result.LedgerHolds ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            foreach (ServiceProvider provider in opened)
            {
                await provider.DisposeAsync().ConfigureAwait(false);
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static ServiceProvider Open(string folder, string? postgres, LoadClock? clock)
    {
        IServiceCollection services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        if (clock is not null)
        {
            services.AddSingleton<TimeProvider>(clock);
        }

        return services.AddLazuliStorage(options => (options.Home, options.Postgres) = (folder, postgres)).AddLazuliLicensing().AddLazuliBilling().BuildServiceProvider();
    }

    private static async Task<LedgerBenchDocument> MeasureAsync(List<ServiceProvider> opened, string folder, Wanted wanted, LoadClock? clock, CancellationToken cancel)
    {
        LedgerPartnership partnership = await LedgerPartnership.MakeAsync(opened[0], wanted.Customers, cancel).ConfigureAwait(false);
        LedgerPayer first = partnership.Payer(0, 0);
        var question = new PriceQuestion { Party = first.Party, GrantChain = first.GrantChain, ModelName = "bench", At = (clock ?? TimeProvider.System).GetUtcNow() };
        while (!opened.TrueForAll(o => o.GetRequiredService<IPrices>().Find(question) is not null))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel).ConfigureAwait(false); // gateways hear of each other's prices within a second
        }

        double decision = DecisionBenchmark.Measure(ChainLinks, 100, 2_000).Allowed.Nanoseconds / 1e3;
        var syncs = new List<double>();
        TimeSyncs(folder, syncs);
        TimeSpan step = clock is null ? TimeSpan.Zero : (s_month.AddMonths(1) - s_month) / wanted.Requests!.Value;
        IReadOnlyList<IAdmission> gateways = [.. opened.Select(o => o.GetRequiredService<IAdmission>())];
        TimeSpan? length = wanted.Requests is null ? TimeSpan.FromSeconds(wanted.Seconds) : null;
        LedgerLoad load = await LedgerLoad.RunAsync(gateways, wanted.Clients, length, wanted.Requests, partnership.Payer, () => clock?.Skip(step), cancel).ConfigureAwait(false);
        TimeSyncs(folder, syncs);
        LedgerCloseDocument? close = clock is null ? null : await CloseAsync(opened[0], gateways[0], partnership, clock, cancel).ConfigureAwait(false);
        LedgerVerdict verdict = await opened[0].GetRequiredService<ILedger>().VerifyAsync(cancel).ConfigureAwait(false);
        syncs.Sort();
        return new LedgerBenchDocument
        {
            Database = wanted.Postgres is null ? "SQLite" : "PostgreSQL",
            Clients = wanted.Clients,
            Customers = wanted.Customers,
            Gateways = wanted.Gateways,
            Processors = Environment.ProcessorCount,
            Seconds = load.Seconds,
            Requests = load.Requests,
            RequestsPerSecond = load.Requests / load.Seconds,
            Rates = load.Rates(),
            CallP50Milliseconds = load.Percentile(0.5),
            CallP99Milliseconds = load.Percentile(0.99),
            SyncP50Milliseconds = syncs[syncs.Count / 2],
            SyncP99Milliseconds = syncs[(int)(syncs.Count * 0.99)],
            DecisionMicroseconds = decision,
            ProcessorSecondsPerRequest = load.ProcessorSeconds / Math.Max(1, load.Requests),
            LedgerHolds = verdict.Holds,
            Close = close,
        };
    }

    /// <summary>Goes past the month's end, where a last request makes the heartbeats due, and closes.</summary>
    private static async Task<LedgerCloseDocument> CloseAsync(IServiceProvider services, IAdmission gateway, LedgerPartnership partnership, LoadClock clock, CancellationToken cancel)
    {
        DateTimeOffset until = s_month.AddMonths(1);
        while (clock.GetUtcNow() < until.AddDays(1))
        {
            clock.Skip(TimeSpan.FromDays(1));
            await LedgerLoad.RunAsync([gateway], clients: 1, length: null, requests: 1, partnership.Payer, static () => { }, cancel).ConfigureAwait(false);
        }

        return await LedgerClose.RunAsync(services, partnership, s_month, until, cancel).ConfigureAwait(false);
    }

    /// <summary>What one durable write costs at least: 4 KiB appended and synced.</summary>
    private static void TimeSyncs(string folder, List<double> milliseconds)
    {
        string path = Path.Combine(folder, "sync");
        using (var file = new FileStream(path, FileMode.Append))
        {
            byte[] block = new byte[4096];
            for (int i = 0; i < 200; i++)
            {
                file.Write(block);
                long start = Stopwatch.GetTimestamp();
                file.Flush(flushToDisk: true);
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        File.Delete(path);
    }

    private static void Print(Terminal terminal, LedgerBenchDocument result, bool json)
    {
        if (json)
        {
            terminal.WriteJson(result);
            return;
        }

        List<IReadOnlyList<string>> rows =
        [
            ["database", string.Create(CultureInfo.InvariantCulture, $"{result.Database}, {result.Customers} {(result.Customers == 1 ? "account" : "accounts")}, {result.Clients} clients, {result.Gateways} gateways, {result.Processors} processors, clients included")],
            ["requests admitted and settled", string.Create(CultureInfo.InvariantCulture, $"{result.RequestsPerSecond:N0}/s ({result.Requests:N0} in {result.Seconds:F1} s), each durable twice")],
            .. result.Rates.Select(mark => (string[])["at " + mark.Requests.ToString("N0", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{mark.PerSecond:N0}/s over the last tenth")]),
            ["admit or settle", string.Create(CultureInfo.InvariantCulture, $"p50 {result.CallP50Milliseconds:F2} ms, p99 {result.CallP99Milliseconds:F2} ms")],
            ["sync of this disk", string.Create(CultureInfo.InvariantCulture, $"p50 {result.SyncP50Milliseconds:F2} ms, p99 {result.SyncP99Milliseconds:F2} ms")],
            ["licence decision, 5 links", string.Create(CultureInfo.InvariantCulture, $"{result.DecisionMicroseconds:F2} µs, timed apart")],
            ["processor time", string.Create(CultureInfo.InvariantCulture, $"{result.ProcessorSecondsPerRequest * 1e6:F1} µs a request")],
        ];
        if (result.Close is { } close)
        {
            var total = new Money(close.InvoicedNanos, LedgerPartnership.Currency);
            rows.Add(["month closed", string.Create(CultureInfo.InvariantCulture, $"{close.Seconds:F1} s: {close.Invoices:N0} invoices of {total}, {close.RoyaltyNanos.Count} royalty statements")]);
            rows.Add(["memory of it", string.Create(CultureInfo.InvariantCulture, $"{close.MemoryMebibytes:F0} MiB at most above before, {close.AllocatedMebibytes:F0} MiB allocated in all")]);
        }

        rows.Add(["ledger", result.LedgerHolds ? "verified" : "does not add up"]);
        terminal.WriteTable(["", ""], rows);
    }

    private static long InRange(string name, long value, long low, long high) => value >= low && value <= high
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {low:N0} to {high:N0}."), ExitCode.Usage);

    private sealed record Wanted(long Seconds, long? Requests, int Clients, int Customers, int Gateways, bool Close, string? Postgres, bool Json);
}
