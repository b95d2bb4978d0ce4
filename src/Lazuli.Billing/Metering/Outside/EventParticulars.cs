using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What is said of an event that is no request of this installation.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Content">SHA-256 of what came from outside; empty for our own.</param>
/// <param name="Reason">Why it was corrected or given up.</param>
/// <param name="Request">The request that it names.</param>
internal sealed record EventParticulars(MeterEventKind Kind, string Content = "", string Reason = "", string Request = "");
