using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway.Tests;

/// <summary>The real admin API over the real rooms of licences and money, on a port of 127.0.0.1 and on a socket.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly TemporaryFolder _home;
    private readonly Dictionary<(string? Party, PersonRoles Roles), string> _tokens = [];
    private readonly HttpClient _local;

    private AdminServer(TemporaryFolder home, WebApplication app, string socket)
    {
        _home = home;
        App = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(address => !address.Contains("unix:", StringComparison.Ordinal)));
        Remote = new HttpClient { BaseAddress = new Uri(Address, "/admin/v1/") };
        _local = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                return new NetworkStream(connection, ownsSocket: true);
            },
        }) { BaseAddress = new Uri("http://home.local/admin/v1/") };
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    /// <summary>Over TCP, without a token.</summary>
    public HttpClient Remote { get; }

    public static async Task<AdminServer> StartAsync(Action<AdminOptions>? configure = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var home = new TemporaryFolder();
        string socket = Path.Combine(home.Path, "s");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ListenUnixSocket(socket);
        });
        builder.Services.AddLazuliStorage(options => options.Home = home.Path).AddLazuliLicensing().AddLazuliBilling().AddLazuliAdmin();
        builder.Services.Configure<AdminOptions>(options =>
        {
            options.Remote = true;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.MapLazuliAdmin();
        map?.Invoke(app);
        await app.StartAsync();
        return new AdminServer(home, app, socket);
    }

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>The token of a person made for the occasion.</summary>
    public async Task<string> TokenAsync(string? party, PersonRoles roles)
    {
        if (!_tokens.TryGetValue((party, roles), out string? token))
        {
            Person person = Done(await Get<IPeople>().AddAsync(Actor.Local, party is null ? null : new PartyId(party), $"{roles} of {party}", roles, null, default));
            token = Done(await Get<IPeople>().CreateTokenAsync(Actor.Local, person.Id, "tests", null, default)).Token;
            _tokens[(party, roles)] = token;
        }

        return token;
    }

    /// <summary>Over TCP, as somebody with these roles.</summary>
    public async Task<HttpResponseMessage> SendAsync(string? party, PersonRoles roles, HttpMethod method, string path, object? body = null) =>
        await SendAsync(await TokenAsync(party, roles), method, path, body);

    /// <summary>Over TCP, with a bearer.</summary>
    public async Task<HttpResponseMessage> SendAsync(string? bearer, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: AdminJson.Options) };
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Remote.SendAsync(request);
    }

    /// <summary>What somebody reads.</summary>
    public async Task<T> ReadAsync<T>(string? party, PersonRoles roles, string path)
    {
        using HttpResponseMessage response = await SendAsync(party, roles, HttpMethod.Get, path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<T>(AdminJson.Options))!;
    }

    /// <summary>Over the home's socket.</summary>
    public async Task<HttpResponseMessage> SendLocallyAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: AdminJson.Options) };
        return await _local.SendAsync(request);
    }

    /// <summary>A problem's detail.</summary>
    public static async Task<string> DetailAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return problem.RootElement.GetProperty("detail").GetString()!;
    }

    public static T Done<T>(LicensingResult<T> result) => Assert.IsType<LicensingResult<T>.Done>(result).Value;

    public async ValueTask DisposeAsync()
    {
        Remote.Dispose();
        _local.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _home.Dispose();
    }
}
