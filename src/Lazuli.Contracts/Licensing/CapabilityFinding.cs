namespace Lazuli.Contracts;

/// <summary>A capability that was found in a model, recorded as a fact that licences may depend on.</summary>
/// <param name="Name">What was found, e.g. <c>agi</c>.</param>
/// <param name="Subject">In which model: a name, a digest, or <c>*</c> for every model.</param>
/// <param name="At">When it was recorded.</param>
public sealed record CapabilityFinding(string Name, string Subject, DateTimeOffset At);
