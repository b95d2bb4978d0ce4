namespace Lazuli.Contracts;

/// <summary>A part of a commitment.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Nanos">How much, in nano-units.</param>
/// <param name="NotBefore">First instant that it may be drawn.</param>
/// <param name="Condition">What must have happened, in words; empty for nothing.</param>
public sealed record CapitalTranche(int Number, long Nanos, DateTimeOffset NotBefore, string Condition = "");
