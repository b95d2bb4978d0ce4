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

    /// <summary>Begins to answer.</summary>
    public static async Task StartAsync(WebApplication application, LazuliHome home, CancellationToken cancellationToken)
    {
        application.Services.GetService<IStartupValidator>()?.Validate(); // before the host does, which logs a stack trace about a slip in the settings
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        AdminSocket.Guard(AdminSocket.PathOf(home));
    }
}
