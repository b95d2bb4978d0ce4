namespace Lazuli.Inference;

/// <summary>What the machine could do at most in a moment: measured right before and after work, so that the work's share of it means something.</summary>
/// <param name="ReadGigabytesPerSecond">Memory read, plain pages, several streams a thread, in 1e9 bytes a second.</param>
/// <param name="FmaGflops">Single-precision multiply-adds in registers, in 1e9 operations a second.</param>
public readonly record struct LimitSlice(double ReadGigabytesPerSecond, double FmaGflops);
