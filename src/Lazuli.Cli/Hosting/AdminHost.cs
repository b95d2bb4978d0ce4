using Lazuli.Gateway;
using Lazuli.Storage;
using Microsoft.AspNetCore.Builder;

namespace Lazuli.Cli;

/// <summary>The admin API of a home that nobody serves, for the length of one command.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    private readonly HomeLock _lock;
    private readonly WebApplication _application;

    private AdminHost(HomeLock held, WebApplication application)
    {
        _lock = held;
        _application = application;
    }

    /// <summary>Takes the home's lock and answers on its socket.</summary>
    /// <exception cref="HomeInUseException">Another process holds the home.</exception>
    public static async Task<AdminHost> StartAsync(LazuliHome home, CancellationToken cancellationToken)
    {
        HomeLock held = HomeLock.Acquire(home, HomeUse.Answer);
        WebApplication? application = null;
        try
        {
            application = HomeServer.CreateBuilder(home, SettingsReader.Read(home)).Build();
            application.MapLazuliAdmin();
            await HomeServer.StartAsync(application, home, cancellationToken).ConfigureAwait(false);
            return new AdminHost(held, application);
        }
        catch
        {
            if (application is not null)
            {
                await application.DisposeAsync().ConfigureAwait(false);
            }

            held.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
    }
}
