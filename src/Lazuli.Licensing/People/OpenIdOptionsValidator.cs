using Lazuli.Contracts;
using Microsoft.Extensions.Options;

namespace Lazuli.Licensing;

/// <summary>Refuses settings with which anybody could sign in, or nobody.</summary>
internal sealed class OpenIdOptionsValidator : IValidateOptions<OpenIdOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenIdOptions options)
    {
        if (!options.IsOn)
        {
            return ValidateOptionsResult.Success;
        }

        var problems = new List<string>();
        if (options.Audience.Length == 0)
        {
            problems.Add("OpenId.Audience is empty; without it tokens made for other services would do.");
        }

        bool templated = options.Issuer.Contains(OpenIdSettings.TenantPlace, StringComparison.Ordinal);
        if (templated && (options.MetadataAddress.Length == 0 || options.Tenants.Count == 0))
        {
            problems.Add("An OpenId.Issuer with {tenantid} needs OpenId.MetadataAddress and at least one of OpenId.Tenants.");
        }

        if (!Uri.TryCreate(OpenIdSettings.MetadataOf(options), UriKind.Absolute, out Uri? metadata) || !OpenIdKeys.IsSafe(metadata))
        {
            problems.Add($"OpenId metadata is fetched by https, or by http from this machine; got '{OpenIdSettings.MetadataOf(options)}'.");
        }

        foreach (string role in options.Roles.Values.Where(role => !Enum.TryParse(role.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out PersonRoles read) || !Enum.IsDefined(read)))
        {
            problems.Add($"OpenId.Roles names the role '{role}'; there are owner, operator, safety-officer, finance and viewer.");
        }

        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
