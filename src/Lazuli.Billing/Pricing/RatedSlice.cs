namespace Lazuli.Billing;

/// <summary>A part of a rated quantity that lies in one tier, or the fee for entering it.</summary>
/// <param name="Tier">The tier's place, from 0.</param>
/// <param name="IsFee">Whether it is the tier's fee.</param>
/// <param name="Quantity">Units, or packages where the rate has packages; 1 for a fee. Negative in a reversal.</param>
/// <param name="UnitNanos">Nano-units each.</param>
/// <param name="Nanos">Quantity times price.</param>
internal readonly record struct RatedSlice(int Tier, bool IsFee, long Quantity, long UnitNanos, long Nanos);
