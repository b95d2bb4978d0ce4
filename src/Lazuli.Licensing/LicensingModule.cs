using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lazuli.Licensing;

/// <summary>Adds parties, projects, licences with their decisions, and API keys.</summary>
public static class LicensingModule
{
    private static readonly TimeSpan s_issuerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds <see cref="IEntitlements"/>, <see cref="ILicensingView"/>, <see cref="IApiKeyStore"/>, the stores behind them and <see cref="IAuditLog"/>; needs storage. A host follows other processes' changes each second.</summary>
    public static IServiceCollection AddLazuliLicensing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Entitlements>();
        services.TryAddSingleton<IEntitlements>(provider => provider.GetRequiredService<Entitlements>());
        services.TryAddSingleton<ILicensingView>(provider => provider.GetRequiredService<Entitlements>());
        services.TryAddSingleton<LicensingWriter>();
        services.TryAddSingleton<FreshFacts>();
        services.TryAddSingleton<ExpiredGrants>();
        services.TryAddSingleton<IPartyStore, PartyStore>();
        services.TryAddSingleton<IProjectStore, ProjectStore>();
        services.TryAddSingleton<IGrantStore, GrantStore>();
        services.TryAddSingleton<IModelPolicies, ModelPolicies>();
        services.TryAddSingleton<ILicensingFacts, FactStore>();
        services.TryAddSingleton<IAuditLog, AuditTrail>();
        services.TryAddSingleton<IGrantExplainer, GrantExplainer>();
        services.TryAddSingleton<IComputeCommitments, CommitmentStore>();
        services.TryAddSingleton<IPeople, People>();
        services.TryAddSingleton<IValidateOptions<OpenIdOptions>, OpenIdOptionsValidator>();
        services.AddOptions<OpenIdOptions>().BindConfiguration(OpenIdOptions.Section).ValidateOnStart();
        services.TryAddSingleton(provider => new OpenIdKeys(
            new HttpClient { Timeout = s_issuerTimeout }, provider.GetRequiredService<IOptions<OpenIdOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<OpenIdTokens>();
        services.TryAddSingleton<ISignIn, SignIn>();
        services.TryAddSingleton<KeyUses>();
        services.TryAddSingleton<IApiKeyStore, ApiKeyStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EntitlementsWatch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeyUses>(provider => provider.GetRequiredService<KeyUses>()));
        return services;
    }
}
