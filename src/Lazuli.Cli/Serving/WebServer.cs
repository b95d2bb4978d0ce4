using System.Net;
using Lazuli.Contracts;
using Lazuli.Gateway;
using Lazuli.Licensing;
using Lazuli.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lazuli.Cli;

/// <summary>The HTTP server over loaded models. Stopping drains: nothing new is taken, running answers end.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServer(WebApplication application, string url)
    {
        _application = application;
        Url = url;
    }

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:8080</c>.</summary>
    public string Url { get; }

    /// <summary>Ends when the server has stopped.</summary>
    public CancellationToken Stopping => _application.Lifetime.ApplicationStopping;

    /// <summary>Binds and begins to answer.</summary>
    /// <exception cref="CommandException">The address is in use or not this machine's.</exception>
    public static async Task<WebServer> StartAsync(Installation installation, SettingsReader settings, ModelHost host, CancellationToken cancellationToken, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = HomeServer.CreateBuilder(installation.Home, settings, kestrel => kestrel.Listen(AddressOf(settings.Serve.Host), settings.Serve.Port, listen => ServerCertificate.Apply(settings.Serve, listen)));
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical); // it repeats what the gateway has logged, and takes a stream ended on purpose for a failure
        builder.Services.AddLazuliGateway();
        configure?.Invoke(builder.Services);
        builder.Services.AddSingleton<IModelHost>(host);
        WebApplication application = builder.Build();
        application.MapLazuliGateway();
        application.MapLazuliAdmin();
        try
        {
            await HomeServer.StartAsync(application, installation.Home, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new CommandException($"Cannot listen on {settings.Serve.Host}:{settings.Serve.Port}: {e.InnerException?.Message ?? e.Message} Choose another with --port N (0 takes any free one).", ExitCode.NotReachable, e);
        }

        string url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(address => !address.Contains("unix:", StringComparison.Ordinal));
        return new WebServer(application, url);
    }

    /// <summary>Serves until <paramref name="stop"/>, then drains.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration asked = stop.Register(stopped.SetResult);
        await stopped.Task.ConfigureAwait(false);
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static IPAddress AddressOf(string host) => host is "localhost"
        ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address)
            ? address
            : throw new CommandException($"'{host}' is not an IP address to listen on; 127.0.0.1 answers this machine, 0.0.0.0 every network.", ExitCode.Usage);
}
