using Lazuli.Compute;
using Lazuli.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

public sealed class ServingAccumulatorTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 23, 59, 50, TimeSpan.Zero));
    private readonly KeptUses _store = new();
    private readonly List<Exception> _failures = [];

    [Fact]
    public async Task Sums_up_by_day_project_key_and_model_and_writes_at_the_end()
    {
        await using (ServingAccumulator accounts = Accounts())
        {
            IEngineMeter meter = accounts.MeterOf("m@1", devices: 4);
            meter.Record(Work("a", requests: 0));
            meter.Record(Work("a", requests: 1));
            meter.Record(Work(null, requests: 1));
            accounts.MeterOf("n@1", devices: 1).Record(Work("a", requests: 1));
        }

        Assert.Equal(3, _store.Uses.Count);
        ServingUse use = _store.Uses.Single(u => u.Key == "a" && u.Model == "m@1");
        Assert.Equal((new DateOnly(2026, 11, 30), "p", 1, 20, 10, 2000.0, 4.0), (use.Day, use.Project, use.Requests, use.PromptTokens, use.GeneratedTokens, use.Flop, use.DeviceSeconds));
        Assert.Equal("home", _store.Uses.Single(u => u.Key.Length == 0).Project);
    }

    [Fact]
    public async Task Writes_by_itself_every_few_seconds_and_nothing_twice()
    {
        await using (ServingAccumulator accounts = Accounts())
        {
            accounts.MeterOf("m@1", devices: 1).Record(Work("a", requests: 1));
            _time.Advance(ServingAccumulator.FlushInterval);
            await _store.Added.WaitAsync(TestContext.Current.CancellationToken);
            Assert.Single(_store.Uses);
        }

        Assert.Single(_store.Uses);
    }

    [Fact]
    public async Task Work_after_midnight_counts_on_the_next_day()
    {
        await using (ServingAccumulator accounts = Accounts())
        {
            IEngineMeter meter = accounts.MeterOf("m@1", devices: 1);
            meter.Record(Work("a", requests: 0));
            _time.SetUtcNow(new DateTimeOffset(2026, 12, 1, 0, 0, 1, TimeSpan.Zero));
            meter.Record(Work("a", requests: 1));
        }

        Assert.Equal([new DateOnly(2026, 11, 30), new DateOnly(2026, 12, 1)], _store.Uses.Select(u => u.Day).Order());
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_with_the_next()
    {
        await using (ServingAccumulator accounts = Accounts())
        {
            IEngineMeter meter = accounts.MeterOf("m@1", devices: 1);
            meter.Record(Work("a", requests: 1));
            _store.Failure = new IOException("full");
            await accounts.FlushAsync(TestContext.Current.CancellationToken);
            Assert.IsType<IOException>(Assert.Single(_failures));
            _store.Failure = null;
            meter.Record(Work("a", requests: 1));
        }

        Assert.Equal(2, Assert.Single(_store.Uses).Requests);
    }

    [Fact]
    public async Task Loses_nothing_when_many_engines_tell_at_once()
    {
        const int Engines = 4;
        const int Times = 2000;
        await using (ServingAccumulator accounts = Accounts())
        {
            Task[] telling = [.. Enumerable.Range(0, Engines).Select(e => Task.Run(() =>
            {
                IEngineMeter meter = accounts.MeterOf("m@" + (e % 2), devices: 1);
                for (int i = 0; i < Times; i++)
                {
                    meter.Record(Work("a", requests: 1));
                }
            }))];
            while (!telling.All(t => t.IsCompleted))
            {
                await accounts.FlushAsync(TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal(Engines * Times, _store.Uses.Sum(u => u.Requests));
    }

    private static EngineWork Work(string? key, int requests) => new(key is null ? null : new ComputeParty("p", key), requests, PromptTokens: 10, GeneratedTokens: 5, Flop: 1000, Seconds: 0.5);

    private ServingAccumulator Accounts() => new(_store, "home", _time, _failures.Add);

    private sealed class KeptUses : IServingUseStore
    {
        public List<ServingUse> Uses { get; } = [];

        public SemaphoreSlim Added { get; } = new(0);

        public Exception? Failure { get; set; }

        public Task AddAsync(IReadOnlyList<ServingUse> uses, CancellationToken cancellationToken)
        {
            if (Failure is not null)
            {
                return Task.FromException(Failure);
            }

            Uses.AddRange(uses);
            Added.Release();
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<ServingUse>> ListAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ServingUse>>(Uses);
    }
}
