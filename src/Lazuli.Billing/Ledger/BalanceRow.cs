using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A balance as it is stored, or as transfers say it should be.</summary>
internal sealed class BalanceRow
{
    public string Account { get; init; } = "";

    public string Currency { get; init; } = "";

    public string Kind { get; init; } = "";

    public long Debits { get; init; }

    public long Credits { get; init; }

    public long Transfers { get; init; }

    public LedgerBalance ToBalance()
    {
        var currency = new Currency(Currency);
        return new LedgerBalance(Account, Kind, new Money(Debits, currency), new Money(Credits, currency), Transfers);
    }
}
