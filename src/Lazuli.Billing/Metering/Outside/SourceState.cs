namespace Lazuli.Billing;

/// <summary>Where an event's source stands.</summary>
/// <param name="IsKnown">Whether it is registered.</param>
/// <param name="IsOurs">Whether this installation numbers it.</param>
/// <param name="IsClosed">Whether it was closed.</param>
/// <param name="Next">Its next number.</param>
/// <param name="Stored">Content recorded under the event's number; null for none.</param>
/// <param name="Waiting">Content that waits under the event's number; null for none.</param>
/// <param name="IsHeld">Whether the very same event is in quarantine already.</param>
internal sealed record SourceState(bool IsKnown, bool IsOurs, bool IsClosed, long Next, string? Stored, string? Waiting, bool IsHeld);
