namespace Lazuli.Contracts;

/// <summary>What stands on an account.</summary>
/// <param name="Account">Its name, e.g. <c>customer:acme:receivable:partner</c>.</param>
/// <param name="Kind"><c>asset</c>, <c>liability</c>, <c>income</c>, <c>expense</c> or <c>equity</c>.</param>
/// <param name="Debits">All that was debited.</param>
/// <param name="Credits">All that was credited.</param>
/// <param name="Transfers">How many transfers touched it.</param>
public sealed record LedgerBalance(string Account, string Kind, Money Debits, Money Credits, long Transfers)
{
    /// <summary>Debits less credits for assets and expenses, credits less debits for the rest: positive in the usual case.</summary>
    public Money Balance => Kind is "asset" or "expense"
        ? new(Debits.Nanos - Credits.Nanos, Debits.Currency)
        : new(Credits.Nanos - Debits.Nanos, Debits.Currency);
}
