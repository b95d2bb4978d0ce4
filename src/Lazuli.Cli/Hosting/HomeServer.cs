using Lazuli.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Lazuli.Cli;

/// <summary>What every server of a home has in common, whether it lives for one command or for months: the home's settings, the rooms of licences and money, warnings on standard error, the home's socket.</summary>
internal static class HomeServer
{
    /// <summary>A web application of the home, listening on its socket; the caller holds the home's lock.</summary>
    public static WebApplicationBuilder CreateBuilder(LazuliHome home, SettingsReader settings, Action<KestrelServerOptions>? listen = null)
    {
        string socket = AdminSocket.PathOf(home);
        AdminSocket.Clear(socket);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings.ToConfiguration());
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var beginning = new Beginning();
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && beginning.IsOver);
        builder.Services.AddSingleton(beginning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen?.Invoke(kestrel);
            kestrel.ListenUnixSocket(socket);
        });
        builder.Services.AddLazuliPlatform(home, settings);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>(); // Program owns the signals
        return builder;
    }

    /// <summary>Begins to answer. What refuses to begin is thrown, and only thrown: the host's own log would say it again, with stack traces.</summary>
    public static async Task StartAsync(WebApplication application, LazuliHome home, CancellationToken cancellationToken)
    {
        application.Services.GetService<IStartupValidator>()?.Validate(); // before the host does, in another exception
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        application.Services.GetRequiredService<Beginning>().IsOver = true;
        foreach (BackgroundService service in application.Services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (service.ExecuteTask is { IsFaulted: true } failed)
            {
                await failed.ConfigureAwait(false); // while nothing was logged yet
            }
        }

        AdminSocket.Guard(AdminSocket.PathOf(home));
    }

    private sealed class Beginning
    {
        public volatile bool IsOver;
    }
}
