namespace Lazuli.Contracts;

/// <summary>Something that happened, recorded as a fact that licences may depend on.</summary>
/// <param name="Name">What.</param>
/// <param name="At">When it was recorded.</param>
public sealed record LicensingEvent(string Name, DateTimeOffset At);
