using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>A money database of its own, a clock, and what stands on them.</summary>
internal sealed class MoneyFixture : IDisposable, IAsyncDisposable
{
    public static readonly Currency Euro = new("EUR");
    private readonly TemporaryFolder? _folder;
    private readonly TestDatabase? _test;

    /// <summary>On SQLite.</summary>
    public MoneyFixture()
        : this(null)
    {
    }

    private MoneyFixture(TestDatabase? test)
    {
        _test = test;
        _folder = test is null ? new TemporaryFolder() : null;
        Money = test?.Money ?? MoneyDatabase.Open(_folder!["money.db"], TimeSpan.FromSeconds(5), TimeProvider.System);
        Prices = new PriceBook(Money, Options.Create(new BillingOptions()), Time);
        Ledger = new LedgerReader(Money);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    public MoneyDatabase Money { get; }

    public PriceBook Prices { get; }

    public LedgerReader Ledger { get; }

    public Task<int> AppendAsync(params Transfer[] transfers) => Money.WriteAsync(transaction => LedgerWriter.Append(transaction, transfers), default);

    public Transfer Transfer(string key, LedgerAccount debit, LedgerAccount credit, long nanos, int leg = 0) =>
        new(debit, credit, nanos, Euro, TransferKind.Usage, key, leg, Time.GetUtcNow(), "test");

    /// <summary>On a database of a kind; skips the test where it is not installed.</summary>
    public static async Task<MoneyFixture> OpenAsync(DatabaseKind kind) => new(await TestDatabases.OpenAsync(kind));

    /// <summary>The same database once more, as another process has it.</summary>
    public MoneyDatabase OpenAgain() => _test!.OpenAgain().Money;

    public void Dispose()
    {
        Money.Dispose();
        _folder?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_test is not null)
        {
            await _test.DisposeAsync();
        }
    }
}
