using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What follows from the options.</summary>
internal static class OpenIdSettings
{
    public const string TenantPlace = "{tenantid}";

    private const string WellKnown = "/.well-known/openid-configuration";

    private static readonly Dictionary<string, string> s_roles = new(StringComparer.Ordinal)
    {
        ["Lazuli.Owner"] = "owner",
        ["Lazuli.Operator"] = "operator",
        ["Lazuli.SafetyOfficer"] = "safety-officer",
        ["Lazuli.Finance"] = "finance",
        ["Lazuli.Viewer"] = "viewer",
    };

    public static string MetadataOf(OpenIdOptions options) => options.MetadataAddress.Length > 0 ? options.MetadataAddress : options.Issuer.TrimEnd('/') + WellKnown;

    /// <summary>Whether a token's issuer is the configured one, its tenant put in where the settings leave a place for it.</summary>
    public static bool IsIssuer(OpenIdOptions options, string issuer, string? tenant) =>
        options.Issuer.Contains(TenantPlace, StringComparison.Ordinal)
            ? tenant is not null && options.Tenants.ContainsKey(tenant) && issuer == options.Issuer.Replace(TenantPlace, tenant, StringComparison.Ordinal)
            : issuer == options.Issuer;

    /// <summary>The roles that a claim's values give; values that mean nothing here give none.</summary>
    public static PersonRoles RolesOf(OpenIdOptions options, IEnumerable<string> values)
    {
        IDictionary<string, string> known = options.Roles.Count > 0 ? options.Roles : s_roles;
        return values.Aggregate(PersonRoles.None, (all, value) => known.TryGetValue(value, out string? role) ? all | WordForm.Parse<PersonRoles>(role) : all);
    }
}
