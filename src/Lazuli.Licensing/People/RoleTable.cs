using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Which role may make which change: the table, and nothing else decides.</summary>
internal static class RoleTable
{
    private const PersonRoles Business = PersonRoles.Owner | PersonRoles.Operator;
    private const PersonRoles Everybody = PersonRoles.Owner | PersonRoles.Operator | PersonRoles.SafetyOfficer | PersonRoles.Finance | PersonRoles.Viewer;
    private const PersonRoles Safety = PersonRoles.Owner | PersonRoles.SafetyOfficer;

    public static readonly IReadOnlyDictionary<LicensingChange, PersonRoles> Allowed = new Dictionary<LicensingChange, PersonRoles>
    {
        [LicensingChange.ManageParties] = Business,
        [LicensingChange.ManageProjects] = Business,
        [LicensingChange.Contribute] = Business | PersonRoles.Finance,
        [LicensingChange.OfferGrant] = Business,
        [LicensingChange.SignGrant] = Business,
        [LicensingChange.StopGrant] = Business | PersonRoles.SafetyOfficer,
        [LicensingChange.ResumeGrant] = Business,
        [LicensingChange.DescribeModel] = Business,
        [LicensingChange.SetStage] = Business | PersonRoles.SafetyOfficer,
        [LicensingChange.HoldModel] = Business | PersonRoles.SafetyOfficer, // stopping is anybody's duty who runs it
        [LicensingChange.ReleaseModel] = Safety,
        [LicensingChange.RevokeModel] = Safety,
        [LicensingChange.RecordFact] = Business | PersonRoles.SafetyOfficer,
        [LicensingChange.ManageKeys] = Business,
        [LicensingChange.ManageCommitments] = PersonRoles.Owner | PersonRoles.Finance,
        [LicensingChange.ManagePeople] = PersonRoles.Owner,
        [LicensingChange.ManageOwnTokens] = Everybody,
    };

    public static bool May(PersonRoles roles, LicensingChange change) => (roles & Allowed[change]) != PersonRoles.None;
}
