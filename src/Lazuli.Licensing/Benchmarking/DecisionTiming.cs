namespace Lazuli.Licensing;

/// <summary>What decisions took, warm, on one thread.</summary>
/// <param name="Allowed">Of decisions that allow.</param>
/// <param name="Refused">Of decisions that refuse, their reason's text included.</param>
public sealed record DecisionTiming(DecisionTime Allowed, DecisionTime Refused);

/// <summary>One kind of decision.</summary>
/// <param name="Nanoseconds">Median time of one.</param>
/// <param name="AllocatedBytes">Memory that one allocates.</param>
public sealed record DecisionTime(double Nanoseconds, long AllocatedBytes);
