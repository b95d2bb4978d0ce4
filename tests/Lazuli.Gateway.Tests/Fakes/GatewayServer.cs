using System.Net.Http.Headers;
using System.Text;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway.Tests;

/// <summary>The real gateway on a real port of 127.0.0.1, with real keys in a real database and a scripted engine.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly TemporaryFolder _home = new();

    private GatewayServer(ScriptedEngine engine, TemporaryFolder home, WebApplication app, string key)
    {
        Engine = engine;
        _home = home;
        App = app;
        Key = key;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public ScriptedEngine Engine { get; }

    public required SwitchedEntitlements Entitlements { get; init; }

    public required RecordingAdmission Admission { get; init; }

    public required WrittenReports Reports { get; init; }

    public WebApplication App { get; }

    public string Key { get; }

    public Uri Address { get; }

    /// <summary>Sends a live key with every request.</summary>
    public HttpClient Client { get; }

    public static async Task<GatewayServer> StartAsync(Action<GatewayOptions>? configure = null)
    {
        var engine = new ScriptedEngine();
        var home = new TemporaryFolder();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddLazuliStorage(options => options.Home = home.Path);
        builder.Services.AddLazuliLicensing().AddLazuliGateway(configure);
        builder.Services.AddSingleton<IModelHost>(new OneModelHost(engine));
        var entitlements = new SwitchedEntitlements();
        var admission = new RecordingAdmission();
        builder.Services.AddSingleton<IEntitlements>(entitlements);
        builder.Services.AddSingleton<IAdmission>(admission);
        builder.Services.AddSingleton<IMeterEvents>(admission);
        var reports = new WrittenReports();
        builder.Services.AddSingleton<IUsageReports>(reports);
        WebApplication app = builder.Build();
        app.MapLazuliGateway();
        app.MapGet("/crash", () => { throw new InvalidOperationException("secret detail"); });
        await app.StartAsync();
        CreatedApiKey key = await app.Services.GetRequiredService<IApiKeyStore>().CreateAsync("test", "default", default);
        return new GatewayServer(engine, home, app, key.Key) { Entitlements = entitlements, Admission = admission, Reports = reports };
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<string> PostTextAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends a request and returns as soon as its headers are there.</summary>
    public async Task<HttpResponseMessage> OpenStreamAsync(string path, string json, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync(new CancellationToken(canceled: true));
        await App.DisposeAsync();
        _home.Dispose();
    }
}
