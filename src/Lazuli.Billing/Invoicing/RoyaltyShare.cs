using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A royalty of one link.</summary>
/// <param name="Link">The link.</param>
/// <param name="GrossNanos">What the licensee receives.</param>
/// <param name="Nanos">What it pays on.</param>
internal sealed record RoyaltyShare(RoyaltyLink Link, long GrossNanos, long Nanos);
