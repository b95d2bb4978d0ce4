using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>A money database of its own, a clock, and what stands on them.</summary>
internal sealed class MoneyFixture : IDisposable
{
    public static readonly Currency Euro = new("EUR");
    private readonly TemporaryFolder _folder = new();

    public MoneyFixture()
    {
        Money = MoneyDatabase.Open(_folder["money.db"], TimeSpan.FromSeconds(5), TimeProvider.System);
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

    public void Dispose()
    {
        Money.Dispose();
        _folder.Dispose();
    }
}
