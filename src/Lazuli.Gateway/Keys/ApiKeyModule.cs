using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lazuli.Gateway;

/// <summary>Adds API keys alone, for commands that manage them without serving.</summary>
public static class ApiKeyModule
{
    /// <summary>Adds <see cref="IApiKeyStore"/>; needs storage.</summary>
    public static IServiceCollection AddLazuliApiKeys(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IApiKeyStore, ApiKeyStore>();
        return services;
    }
}
