using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that gives a person other roles.</summary>
public sealed record RolesSet(PersonRoles Roles);
