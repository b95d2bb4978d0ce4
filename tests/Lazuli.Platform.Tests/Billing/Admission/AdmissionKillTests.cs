using System.Diagnostics;
using System.Globalization;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>A real child process that admits, streams and settles from many clients, killed at any instant.</summary>
public sealed class AdmissionKillTests : IDisposable
{
    private const int Clients = 16;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_under_load_what_was_acknowledged_is_exact_and_the_rest_ends_at_its_last_mark()
    {
        int rounds = Environment.GetEnvironmentVariable("LAZULI_TEST_LONG") == "1" ? 50 : 10;
        string path = _folder["money.db"];
        var random = new Random(5);
        var settled = new Dictionary<Guid, (long Charge, long Tokens)>();
        var generated = new Dictionary<Guid, long>(); // the most that a client saw of a stream
        for (int round = 0; round < rounds; round++)
        {
            using Process child = ChildProgram.Start(Children.AdmitForever, path);
            int wanted = random.Next(20, 400);
            while (wanted-- > 0 && await child.StandardOutput.ReadLineAsync() is { } line)
            {
                Keep(line);
            }

            child.Kill(); // SIGKILL, in the middle of batches and commits
            await child.WaitForExitAsync();
            Assert.True(wanted < 0, await child.StandardError.ReadToEndAsync());
            while (await child.StandardOutput.ReadLineAsync() is { } late)
            {
                Keep(late); // was in the pipe when it died, so it was acknowledged
            }

            using MoneyDatabase money = MoneyDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
            await using Admission admission = new(money, new FixedPrices(), Options.Create(new AdmissionOptions()), TimeProvider.System);
            await new DeadSources(admission, money, Options.Create(new AdmissionOptions()), TimeProvider.System, NullLogger<DeadSources>.Instance).LookAsync(default);
            await CheckAsync(money, admission);
        }

        Assert.True(settled.Count > rounds);

        void Keep(string line)
        {
            string[] parts = line.Split(' ');
            if (parts.Length == 4 && parts[0] == "settled" && parts[3].EndsWith('.') && Guid.TryParse(parts[1], out Guid id))
            {
                string[] numbers = parts[3].TrimEnd('.').Split('/');
                settled[id] = (long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
            }
            else if (parts.Length == 3 && parts[0] == "generated" && parts[2].EndsWith('.') && Guid.TryParse(parts[1], out Guid stream))
            {
                generated[stream] = long.Parse(parts[2].TrimEnd('.'), CultureInfo.InvariantCulture);
            }
        }

        async Task CheckAsync(MoneyDatabase money, Admission admission)
        {
            var events = (await money.QueryAsync<(byte[] Id, long Source, long Sequence, long Tokens, long Charge, long Outcome)>(
                "SELECT request_id, source, sequence, completion_tokens, charge_nanos, outcome FROM meter_events ORDER BY source, sequence", null, default))
                .ToDictionary(e => new Guid(e.Id, bigEndian: true));
            foreach ((Guid id, (long charge, long tokens)) in settled)
            {
                Assert.Equal((charge, tokens, (long)RequestOutcome.Completed), (events[id].Charge, events[id].Tokens, events[id].Outcome));
            }

            foreach ((Guid id, long tokens) in generated)
            {
                // Generated means that its report was answered: at most 31 tokens since the last mark, none above what was generated next.
                if (events[id].Outcome == (long)RequestOutcome.Interrupted)
                {
                    Assert.InRange(events[id].Tokens, tokens - 31, tokens + Clients * 8);
                }
            }

            foreach (var source in events.Values.GroupBy(e => e.Source))
            {
                Assert.Equal(Enumerable.Range(1, source.Count()).Select(n => (long)n), source.Select(e => e.Sequence));
            }

            Assert.Equal(0, (await money.QueryAsync<long>("SELECT COUNT(*) FROM holds", null, default))[0]);
            AccountStanding standing = (await admission.FindAsync(LimitSubject.Party(AdmissionFixture.Buyer), default))!;
            long charged = events.Values.Sum(e => e.Charge);
            Assert.Equal((charged, 0, 0), (standing.CreditSpentNanos, standing.HeldNanos, standing.Running));
            var ledger = new LedgerReader(money);
            Assert.Equal(charged, (await ledger.BalancesAsync(LedgerAccount.Accrued(AdmissionFixture.Buyer, Prices.Seller).Name, default)).Sum(b => b.Balance.Nanos));
            LedgerVerdict verdict = await ledger.VerifyAsync(default);
            Assert.True(verdict.Holds, verdict.FirstDifference);
        }
    }

    /// <summary>The child: serves streams until it is killed, and says what was acknowledged.</summary>
    internal static int AdmitForever(string path)
    {
        using MoneyDatabase money = MoneyDatabase.Open(path, TimeSpan.FromSeconds(30), TimeProvider.System);
        var admission = new Admission(money, new FixedPrices(), Options.Create(new AdmissionOptions { ChunkTokens = 40 }), TimeProvider.System);
        LimitSubject party = LimitSubject.Party(AdmissionFixture.Buyer);
        admission.SetAsync(party, new AccountLimits { PrepaidIn = Euro }, default).GetAwaiter().GetResult();
        admission.AddCreditAsync(party, "once", new Money(1_000_000_000_000, Euro), default).GetAwaiter().GetResult();
        var clients = Enumerable.Range(0, Clients).Select(n => new Client(new Random(HashCode.Combine(Environment.ProcessId, n)))).ToArray();
        while (true)
        {
            // All clients take a step at once. On this thread only: the child runs inside its module's initializer, where other threads may not call this code.
            Task[] steps = [.. clients.Select(client => client.Begin(admission))];
            Task.WaitAll(steps);
            foreach (Client client in clients)
            {
                Console.WriteLine(client.End());
            }
        }
    }

    /// <summary>One stream after another: admitted, reported a few times, settled.</summary>
    private sealed class Client(Random random)
    {
        private Task<AdmissionResult>? _admitting;
        private Task<long>? _reporting;
        private Task<Settlement>? _settling;
        private IAdmittedRequest? _request;
        private long _generated;
        private long _next;
        private int _steps;

        public Task Begin(Admission admission)
        {
            (_admitting, _reporting, _settling) = (null, null, null);
            if (_request is null)
            {
                return _admitting = admission.AdmitAsync(AdmissionFixture.Request(10, 200), default);
            }

            if (_steps-- > 0)
            {
                _next = _generated + random.Next(1, 9);
                return _reporting = _request.ReportAsync(_next, default).AsTask();
            }

            return _settling = _request.SettleAsync(AdmissionFixture.Used(10, _generated), default);
        }

        public string End()
        {
            if (_admitting is not null)
            {
                _request = ((AdmissionResult.Admitted)_admitting.Result).Request;
                (_generated, _steps) = (0, random.Next(0, 20));
                return "admitted";
            }

            if (_reporting is not null)
            {
                (_generated, _steps) = _next <= _reporting.Result ? (_next, _steps) : (_generated, 0);
                return $"generated {_request!.RequestId} {_generated}.";
            }

            string line = $"settled {_request!.RequestId} {_settling!.Result.Sequence} {_settling.Result.Charge.Nanos}/{_generated}.";
            _request = null;
            return line;
        }
    }

    private sealed class FixedPrices : IPrices
    {
        public TokenPrices? Find(in PriceQuestion question) => BookSamples.Prices;

        public Task<PriceVersion> PublishAsync(PartyId seller, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task AssignAsync(PriceAssignment assignment, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PriceVersion>> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<PriceAssignment>> AssignmentsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
