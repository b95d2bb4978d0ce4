namespace Lazuli.Contracts;

/// <summary>Who makes a change; audit entries name it.</summary>
/// <param name="Name">A person's id, or what stands for one.</param>
/// <param name="Party">The party that it acts for; null for the installation's own operator, who acts for every party.</param>
/// <param name="Roles">What it may do there.</param>
public sealed record Actor(string Name, PartyId? Party, PersonRoles Roles)
{
    /// <summary>Whoever may use the installation's files: its operator, with every right.</summary>
    public static readonly Actor Local = new("local", null, PersonRoles.Owner);
}
