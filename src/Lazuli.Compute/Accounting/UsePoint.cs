namespace Lazuli.Compute;

/// <summary>What a run had taken since its beginning, at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Use">Everything until then, over all sittings.</param>
public readonly record struct UsePoint(DateTimeOffset At, ComputeUse Use);
