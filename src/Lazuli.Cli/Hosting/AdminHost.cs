using Lazuli.Gateway;
using Lazuli.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

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
        HomeLock held = HomeLock.Acquire(home);
        WebApplication? application = null;
        try
        {
            string socket = AdminSocket.PathOf(home);
            AdminSocket.Clear(socket);
            SettingsReader settings = SettingsReader.Read(home);
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(settings.ToConfiguration());
            builder.Logging.ClearProviders();
            builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
            builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.ListenUnixSocket(socket);
            });
            builder.Services.AddLazuliPlatform(home, settings);
            builder.Services.AddSingleton<IHostLifetime, NoSignals>(); // Program owns the signals
            application = builder.Build();
            application.MapLazuliAdmin();
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            AdminSocket.Guard(socket);
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
