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
    private const string Plan = """
        {"plan":"bench","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"0.000000002"},
        {"model":"*","meter":"cachedInput","scheme":"perUnit","price":"0.000000001"},{"model":"*","meter":"output","scheme":"perUnit","price":"0.000000010"}]}
        """;

    public static Command Build(Terminal terminal)
    {
        var seconds = new Option<int>("--seconds") { Description = "How long to measure, 1 to 3600.", DefaultValueFactory = _ => 10 };
        var clients = new Option<int>("--clients") { Description = "Requests under way at once, 1 to 4096.", DefaultValueFactory = _ => 256 };
        var gateways = new Option<int>("--gateways") { Description = "Gateways that share the database, each with its own connections, 1 to 8.", DefaultValueFactory = _ => 1 };
        var postgres = new Option<string?>("--postgres") { Description = "Npgsql connection string of an empty database to measure on; without it a SQLite file in a temporary folder." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("ledger", "Admit and settle requests on one account: throughput, latency and the disk's sync time.") { seconds, clients, gateways, postgres, json };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal,
            InRange("--seconds", parsed.GetValue(seconds), 1, 3600),
            InRange("--clients", parsed.GetValue(clients), 1, 4096),
            InRange("--gateways", parsed.GetValue(gateways), 1, 8),
            parsed.GetValue(postgres),
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, int seconds, int clients, int gateways, string? postgres, bool json, CancellationToken cancel)
    {
        if (gateways > 1 && postgres is null)
        {
            throw new CommandException("Several gateways share a PostgreSQL database: give --postgres.", ExitCode.Usage);
        }

        string folder = Directory.CreateTempSubdirectory("lazuli-bench-ledger-").FullName;
        var opened = new List<ServiceProvider>();
        try
        {
            for (int i = 0; i < gateways; i++)
            {
                opened.Add(new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLazuliStorage(options => (options.Home, options.Postgres) = (folder, postgres)).AddLazuliBilling().BuildServiceProvider());
            }

            await PrepareAsync(opened[0], cancel).ConfigureAwait(false);
            var question = new PriceQuestion { Party = LedgerLoad.Buyer, GrantChain = LedgerLoad.Chain, ModelName = "bench", At = TimeProvider.System.GetUtcNow() };
            while (!opened.TrueForAll(o => o.GetRequiredService<IPrices>().Find(question) is not null))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancel).ConfigureAwait(false); // gateways hear of each other's prices within a second
            }

            double decision = DecisionBenchmark.Measure(ChainLinks, 100, 2_000).Allowed.Nanoseconds / 1e3;
            var syncs = new List<double>();
            TimeSyncs(folder, syncs);
            LedgerLoad load = await LedgerLoad.RunAsync([.. opened.Select(o => o.GetRequiredService<IAdmission>())], clients, TimeSpan.FromSeconds(seconds), cancel).ConfigureAwait(false);
            TimeSyncs(folder, syncs);
            LedgerVerdict verdict = await opened[0].GetRequiredService<ILedger>().VerifyAsync(cancel).ConfigureAwait(false);
            syncs.Sort();
            var result = new LedgerBenchDocument
            {
                Database = postgres is null ? "SQLite" : "PostgreSQL",
                Clients = clients,
                Gateways = gateways,
                Processors = Environment.ProcessorCount,
                Seconds = load.Seconds,
                Requests = load.Requests,
                RequestsPerSecond = load.Requests / load.Seconds,
                FirstTenThousandPerSecond = load.FirstPerSecond,
                LastTenThousandPerSecond = load.LastPerSecond,
                CallP50Milliseconds = load.Percentile(0.5),
                CallP99Milliseconds = load.Percentile(0.99),
                SyncP50Milliseconds = syncs[syncs.Count / 2],
                SyncP99Milliseconds = syncs[(int)(syncs.Count * 0.99)],
                DecisionMicroseconds = decision,
                ProcessorSecondsPerRequest = load.ProcessorSeconds / Math.Max(1, load.Requests),
                LedgerHolds = verdict.Holds,
            };
            Print(terminal, result, json);
            return cancel.IsCancellationRequested ? ExitCode.Cancelled : verdict.Holds ? ExitCode.Done : ExitCode.Failed;
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

    private static async Task PrepareAsync(ServiceProvider services, CancellationToken cancel)
    {
        IPrices prices = services.GetRequiredService<IPrices>();
        PriceVersion version = await prices.PublishAsync(LedgerLoad.Seller, System.Text.Encoding.UTF8.GetBytes(Plan), cancel).ConfigureAwait(false);
        DateTimeOffset now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await prices.AssignAsync(new PriceAssignment { PriceVersion = version.Name, From = now }, cancel).ConfigureAwait(false);
        var budget = new SpendLimit(new Money(1_000_000 * Money.NanosPerUnit, version.Currency), IsHard: true);
        await services.GetRequiredService<IAccountLimits>().SetAsync(
            LimitSubject.Party(LedgerLoad.Buyer), new AccountLimits { SpendPerMonth = budget, RequestsPerDay = long.MaxValue, Concurrency = 100_000 }, cancel).ConfigureAwait(false);
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

        terminal.WriteTable(
            ["", ""],
            [
                ["database", string.Create(CultureInfo.InvariantCulture, $"{result.Database}, one account, {result.Clients} clients, {result.Gateways} gateways, {result.Processors} processors, clients included")],
                ["requests admitted and settled", string.Create(CultureInfo.InvariantCulture, $"{result.RequestsPerSecond:N0}/s ({result.Requests:N0} in {result.Seconds:F1} s), each durable twice")],
                ["first and last 10,000", string.Create(CultureInfo.InvariantCulture, $"{result.FirstTenThousandPerSecond:N0}/s and {result.LastTenThousandPerSecond:N0}/s")],
                ["admit or settle", string.Create(CultureInfo.InvariantCulture, $"p50 {result.CallP50Milliseconds:F2} ms, p99 {result.CallP99Milliseconds:F2} ms")],
                ["sync of this disk", string.Create(CultureInfo.InvariantCulture, $"p50 {result.SyncP50Milliseconds:F2} ms, p99 {result.SyncP99Milliseconds:F2} ms")],
                ["licence decision, 5 links", string.Create(CultureInfo.InvariantCulture, $"{result.DecisionMicroseconds:F2} µs, timed apart")],
                ["processor time", string.Create(CultureInfo.InvariantCulture, $"{result.ProcessorSecondsPerRequest * 1e6:F1} µs a request")],
                ["ledger", result.LedgerHolds ? "verified" : "does not add up"],
            ]);
    }

    private static int InRange(string name, int value, int low, int high) => value >= low && value <= high
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {low:N0} to {high:N0}."), ExitCode.Usage);
}
