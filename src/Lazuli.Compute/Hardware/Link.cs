namespace Lazuli.Compute;

/// <summary>A way for bytes between devices.</summary>
/// <param name="BytesPerSecond">Bytes a second that one device can send while it receives as many: one direction.</param>
/// <param name="LatencySeconds">Seconds from one device to the next for a message of no length; one hop of a ring.</param>
public sealed record Link(double BytesPerSecond, double LatencySeconds);
