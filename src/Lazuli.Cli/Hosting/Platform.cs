using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Gateway;
using Lazuli.Licensing;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>The rooms that decide about licences and money, put together. Only the process that holds the home's lock may do it: admission keeps accounts in memory.</summary>
internal static class Platform
{
    public static IServiceCollection AddLazuliPlatform(this IServiceCollection services, LazuliHome home, SettingsReader settings)
    {
        services.AddSingleton<IModelOwners, LicensedModelOwners>(); // before billing's own, which knows one owner a model
        services.AddLazuliStorage(options => options.Home = home.Root).AddLazuliLicensing().AddLazuliBilling().AddLazuliAdmin();
        if (settings.Storage.KeepsLog)
        {
            services.AddTransparencyLog();
        }

        services.AddHostedService<EpochTeller>(); // after the rooms whose services it asks
        return services;
    }
}
