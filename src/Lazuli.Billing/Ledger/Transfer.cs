using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An amount from one account to another, to be appended.</summary>
/// <param name="Debit">Account debited.</param>
/// <param name="Credit">Account credited; another one.</param>
/// <param name="Nanos">Nano-units, above zero.</param>
/// <param name="Currency">Of what.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Idempotency key of the transaction, the same for all its legs.</param>
/// <param name="Leg">0, 1, 2 … within the key.</param>
/// <param name="At">When; not part of what a repetition must equal.</param>
/// <param name="Reference">What it is about.</param>
internal readonly record struct Transfer(LedgerAccount Debit, LedgerAccount Credit, long Nanos, Currency Currency, TransferKind Kind, string Key, int Leg, DateTimeOffset At, string Reference);
