namespace Lazuli.Compute;

/// <summary>What an hour of a device costs, and when and where that was so.</summary>
/// <param name="Amount">Money an hour, at least 0.</param>
/// <param name="Currency">Three letters of ISO 4217.</param>
/// <param name="Date">The day the price was read.</param>
/// <param name="Source">Where it was read.</param>
public sealed record DevicePrice(decimal Amount, string Currency, DateOnly Date, string Source);
