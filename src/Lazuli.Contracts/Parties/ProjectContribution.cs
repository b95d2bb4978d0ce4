namespace Lazuli.Contracts;

/// <summary>Something a party put into a joint project.</summary>
/// <param name="Party">Who.</param>
/// <param name="Description">What: people, data, compute, money, in words.</param>
/// <param name="At">When.</param>
public sealed record ProjectContribution(PartyId Party, string Description, DateTimeOffset At);
