namespace Lazuli.Licensing;

/// <summary>Sign-in with tokens of an OpenID Connect issuer; section <c>OpenId</c>.</summary>
public sealed class OpenIdOptions
{
    /// <summary>The configuration's section.</summary>
    public const string Section = "OpenId";

    /// <summary>The issuer exactly as tokens name it (<c>iss</c>); <c>{tenantid}</c> in it stands for the token's tenant, one of <see cref="Tenants"/>.</summary>
    /// <value>Default none: no such tokens are taken. Entra's: <c>https://login.microsoftonline.com/TENANT/v2.0</c>.</value>
    public string Issuer { get; set; } = "";

    /// <summary>Where its metadata lies.</summary>
    /// <value>Default the issuer with <c>/.well-known/openid-configuration</c> behind it; needed where the issuer has <c>{tenantid}</c>.</value>
    public string MetadataAddress { get; set; } = "";

    /// <summary>For whom tokens must be made (<c>aud</c>): this installation's id at the issuer.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Tenants (<c>tid</c>) whose people act for a party without being added one by one; their roles are the token's.</summary>
    public IDictionary<string, string> Tenants { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The claim that lists roles.</summary>
    /// <value>Default <c>roles</c>, as Entra's app roles.</value>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>Roles by what the claim says.</summary>
    /// <value>Default <c>Lazuli.Owner</c>, <c>Lazuli.Operator</c>, <c>Lazuli.SafetyOfficer</c>, <c>Lazuli.Finance</c>, <c>Lazuli.Viewer</c>; what is set here replaces them.</value>
    public IDictionary<string, string> Roles { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether tokens of an issuer are taken at all.</summary>
    public bool IsOn => Issuer.Length > 0;
}
