using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lazuli.Storage;

/// <summary>Adds the databases and the blob store of a home folder.</summary>
public static class StorageModule
{
    /// <summary>
    /// Adds <see cref="LazuliHome"/>, <see cref="LazuliDatabase"/>, <see cref="MoneyDatabase"/> and <see cref="BlobStore"/>; the databases are
    /// opened, checked and migrated before the host starts serving.
    /// </summary>
    /// <remarks>Does not take the folder's lock: see <see cref="HomeLock.Acquire"/>, which a program calls before it builds its host.</remarks>
    public static IServiceCollection AddLazuliStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        OptionsBuilder<StorageOptions> options = services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(provider => new LazuliHome(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Home));
        services.TryAddSingleton(provider => Open(provider, MigrationSet.Platform, home => home.DatabasePath));
        services.TryAddSingleton(provider => new MoneyDatabase(Open(provider, MigrationSet.Money, home => home.MoneyDatabasePath)));
        services.TryAddSingleton(provider => new BlobStore(provider.GetRequiredService<LazuliHome>().BlobsFolder));
        services.AddHostedService<OpenDatabasesAtStart>();
        return services;
    }

    /// <summary>Adds <see cref="ITransparencyLog"/> (and <see cref="TransparencyLog"/>) in the home's folder <c>log</c>; it is opened, checked and repaired when first asked for.</summary>
    /// <remarks>Comes after <see cref="AddLazuliStorage"/>. One process writes a log.</remarks>
    public static IServiceCollection AddTransparencyLog(this IServiceCollection services)
    {
        services.TryAddSingleton(provider =>
        {
            LazuliHome home = provider.GetRequiredService<LazuliHome>();
            return TransparencyLog.Open(home.LogFolder, home.KeysFolder, provider.GetRequiredService<IOptions<StorageOptions>>().Value.LogName);
        });
        services.TryAddSingleton<ITransparencyLog>(provider => provider.GetRequiredService<TransparencyLog>());
        return services;
    }

    private static LazuliDatabase Open(IServiceProvider provider, MigrationSet steps, Func<LazuliHome, string> path)
    {
        StorageOptions options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        return string.IsNullOrWhiteSpace(options.Postgres)
            ? SqliteDatabase.Open(path(provider.GetRequiredService<LazuliHome>()), options.BusyTimeout, time, steps)
            : PostgresDatabase.Open(options.Postgres, options.BusyTimeout, time, steps);
    }

    private sealed class OpenDatabasesAtStart(IServiceProvider provider) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            provider.GetRequiredService<LazuliDatabase>();
            provider.GetRequiredService<MoneyDatabase>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
