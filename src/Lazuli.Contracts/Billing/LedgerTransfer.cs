namespace Lazuli.Contracts;

/// <summary>A row of the ledger: an amount from one account to another. It sums to zero by its form.</summary>
/// <param name="Id">Order of writing.</param>
/// <param name="Debit">Account debited.</param>
/// <param name="Credit">Account credited.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Kind">What it is, e.g. <c>usage</c>.</param>
/// <param name="Key">Idempotency key of the transaction.</param>
/// <param name="Leg">Number within it.</param>
/// <param name="At">When.</param>
/// <param name="Reference">What it is about: a request, an invoice.</param>
public sealed record LedgerTransfer(long Id, string Debit, string Credit, Money Amount, string Kind, string Key, int Leg, DateTimeOffset At, string Reference);
