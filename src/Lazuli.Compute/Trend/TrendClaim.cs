namespace Lazuli.Compute;

/// <summary>One statement about the growth from 2012 to 2018.</summary>
/// <param name="Name">What the statement is called.</param>
/// <param name="DoublingMonths">Months a doubling.</param>
/// <param name="Ratio">The growth that goes with it; null when none does.</param>
/// <param name="IsComputed">Whether it is computed here from the points; else it is quoted.</param>
/// <param name="Definition">What exactly is said, and of what.</param>
public sealed record TrendClaim(string Name, double DoublingMonths, double? Ratio, bool IsComputed, string Definition);
