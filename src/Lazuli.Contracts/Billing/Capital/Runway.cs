namespace Lazuli.Contracts;

/// <summary>How long a party's means last.</summary>
/// <param name="CashNanos">Money there is, in nano-units.</param>
/// <param name="ComputeCreditNanos">Committed compute that was drawn and is not used up, in nano-units.</param>
/// <param name="SpentNanos">Spent less earned in the days looked at, in nano-units; capital and returns are neither.</param>
/// <param name="Days">Days looked at.</param>
/// <param name="Months">Means over spending, in months of 30.4375 days; null where no more is spent than earned.</param>
/// <param name="Definition">What that figure is, in words.</param>
public sealed record Runway(long CashNanos, long ComputeCreditNanos, long SpentNanos, int Days, decimal? Months, string Definition);
