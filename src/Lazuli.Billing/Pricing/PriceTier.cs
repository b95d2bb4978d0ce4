namespace Lazuli.Billing;

/// <summary>A tier of a rate.</summary>
/// <param name="UpTo">Last unit in it; null for the last tier, which has no end.</param>
/// <param name="UnitNanos">Nano-units a unit, or a package where the rate has packages.</param>
/// <param name="FeeNanos">Nano-units once, when the tier is entered.</param>
internal readonly record struct PriceTier(long? UpTo, long UnitNanos, long FeeNanos);
