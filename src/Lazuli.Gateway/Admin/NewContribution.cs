using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that notes what a party put into a project.</summary>
public sealed record NewContribution(PartyId Party, string Description);
