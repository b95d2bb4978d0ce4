namespace Lazuli.Billing;

/// <summary>An event whose content was judged, on its way into a batch.</summary>
/// <param name="Event">The event.</param>
/// <param name="Content">What was decided about its content.</param>
/// <param name="Profile">Its profile, without a number yet; null where the content was not accepted.</param>
/// <param name="ChargeNanos">What it comes to.</param>
internal sealed record JudgedEvent(OutsideEvent Event, Judgement Content, MeterProfile? Profile, long ChargeNanos);
