using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Who has which right: the table, and nothing else decides about roles.</summary>
internal static class AdminRights
{
    private const PersonRoles Everybody = PersonRoles.Owner | PersonRoles.Operator | PersonRoles.SafetyOfficer | PersonRoles.Finance | PersonRoles.Viewer;
    private const PersonRoles Money = PersonRoles.Owner | PersonRoles.Finance;

    /// <summary>Roles of which one is enough.</summary>
    public static PersonRoles RolesFor(AdminRight right) => right switch
    {
        AdminRight.Read or AdminRight.ReadInstallation or AdminRight.AskLicensing => Everybody,
        AdminRight.ChangeMoney or AdminRight.ChangeInstallationMoney => Money,
        AdminRight.SetLimits or AdminRight.ManageWebhooks => Money | PersonRoles.Operator,
        _ => PersonRoles.None,
    };

    /// <summary>A right in words, for the API's description.</summary>
    public static string Describe(AdminRight right) => right switch
    {
        AdminRight.AskLicensing => "Roles and parties as licensing's own table says.",
        AdminRight.ReadInstallation or AdminRight.ChangeInstallationMoney => $"For {Names(RolesFor(right))}, of the installation's own people only.",
        _ => $"For {Names(RolesFor(right))}; a party's people reach what is their party's.",
    };

    /// <summary>Why the actor does not have the right; null when it has.</summary>
    public static string? Refusal(Actor actor, AdminRight right)
    {
        PersonRoles wanted = RolesFor(right);
        return (actor.Roles & wanted) == PersonRoles.None ? $"'{actor.Name}' has the role {Names(actor.Roles)}; this wants {Names(wanted)}."
            : right is AdminRight.ReadInstallation or AdminRight.ChangeInstallationMoney && actor.Party is { } party ? $"'{actor.Name}' acts for '{party}'; this is for the installation's own people."
            : null;
    }

    private static string Names(PersonRoles roles) =>
        roles == PersonRoles.None ? "none" : string.Join(" or ", Enum.GetValues<PersonRoles>().Where(role => role != PersonRoles.None && roles.HasFlag(role)).Select(role => role == PersonRoles.SafetyOfficer ? "safety officer" : role.ToString().ToLowerInvariant()));
}
