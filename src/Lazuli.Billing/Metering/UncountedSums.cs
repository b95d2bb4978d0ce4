namespace Lazuli.Billing;

/// <summary>Sums of events that are in no heartbeat yet.</summary>
/// <param name="Interval">First second of the interval in which they were recorded.</param>
/// <param name="EventInterval">Of that in which they ended: earlier for late ones.</param>
/// <param name="Profile">Their profile.</param>
/// <param name="Sums">What they add up to.</param>
internal readonly record struct UncountedSums(long Interval, long EventInterval, long Profile, MeterSums Sums);
