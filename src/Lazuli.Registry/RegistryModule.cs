using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lazuli.Registry;

/// <summary>Adds the registry of models, data sets and runs.</summary>
public static class RegistryModule
{
    /// <summary>Adds <see cref="IModelRegistry"/> and <see cref="IServingUseStore"/>; needs storage.</summary>
    public static IServiceCollection AddLazuliRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton<IModelRegistry, ModelRegistry>();
        services.TryAddSingleton<IServingUseStore, ServingUseStore>();
        return services;
    }
}
