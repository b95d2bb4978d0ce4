using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Registry;
using Lazuli.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>An opened home for one command: database, registry, keys. Whoever serves or runs the quickstart also takes the home's lock.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HomeLock? _lock;

    private Installation(LazuliHome home, ServiceProvider services, HomeLock? held)
    {
        Home = home;
        _services = services;
        _lock = held;
    }

    public LazuliHome Home { get; }

    public IModelRegistry Registry => _services.GetRequiredService<IModelRegistry>();

    public IApiKeyStore Keys => _services.GetRequiredService<IApiKeyStore>();

    public IModelPolicies Policies => _services.GetRequiredService<IModelPolicies>();

    public IServingUseStore ServingUses => _services.GetRequiredService<IServingUseStore>();

    public IProjectStore Projects => _services.GetRequiredService<IProjectStore>();

    public IComputeCommitments Commitments => _services.GetRequiredService<IComputeCommitments>();

    public TimeProvider Time => _services.GetRequiredService<TimeProvider>();

    /// <summary>Where packed data sets lie.</summary>
    public string DataSetsFolder => Path.Combine(Home.Root, "datasets");

    /// <summary>Where model folders lie.</summary>
    public string ModelsFolder => Path.Combine(Home.Root, "models");

    /// <summary>Opens <c>$LAZULI_HOME</c>, making it when it is not there.</summary>
    /// <param name="held">What the home's lock is taken for; null leaves it.</param>
    /// <exception cref="HomeInUseException">Another process holds the home, and the lock was asked for.</exception>
    public static Installation Open(HomeUse? held = null) => Open(LazuliHome.FromEnvironment(), held);

    /// <summary>Opens a home, making it when it is not there.</summary>
    /// <param name="home">The home.</param>
    /// <param name="held">What its lock is taken for; null leaves it.</param>
    /// <exception cref="HomeInUseException">Another process holds the home, and the lock was asked for.</exception>
    public static Installation Open(LazuliHome home, HomeUse? held)
    {
        try
        {
            Directory.CreateDirectory(home.Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make the folder {home.Root}: {e.Message} Set {LazuliHome.EnvironmentVariable} to a folder that you may write.", ExitCode.NotReachable, e);
        }

        HomeLock? taken = held is { } use ? HomeLock.Acquire(home, use) : null;
        try
        {
            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
            services.AddLazuliStorage(options => options.Home = home.Root).AddLazuliRegistry().AddLazuliLicensing();
            ServiceProvider provider = services.BuildServiceProvider();
            return new Installation(home, provider, taken);
        }
        catch
        {
            taken?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync().ConfigureAwait(false);
        _lock?.Dispose();
    }
}
