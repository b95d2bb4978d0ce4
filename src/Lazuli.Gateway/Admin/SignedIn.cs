using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Who the caller is to the admin API.</summary>
/// <param name="Actor">How audit entries name it: a person's id, an issuer's subject, or <c>local</c>.</param>
/// <param name="Name">Its name, where it is a person here.</param>
/// <param name="Party">For which party it acts; null for the installation, which acts for all.</param>
/// <param name="Roles">What it may do.</param>
public sealed record SignedIn(string Actor, string? Name, PartyId? Party, PersonRoles Roles);
