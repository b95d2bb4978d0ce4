using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>What one sitting of <c>lazuli bench limits</c> found with a number of threads.</summary>
internal sealed record MeasuredMachine(MachineLimitsReport Limits, double ProductShare, double StartSeconds);
