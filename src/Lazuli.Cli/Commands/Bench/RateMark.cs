namespace Lazuli.Cli;

/// <summary>How fast requests went when there were so many already.</summary>
/// <param name="Requests">How many were settled.</param>
/// <param name="PerSecond">Rate over the last tenth of them.</param>
internal sealed record RateMark(long Requests, double PerSecond);
