using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that adds a person.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Party">For which party; null for the installation itself.</param>
/// <param name="Identity">How its OpenID Connect tokens name it; null where it has none.</param>
public sealed record NewPerson(string Name, PersonRoles Roles, PartyId? Party = null, OpenIdIdentity? Identity = null);
