using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lazuli.Gateway;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>A command's way to the admin API: of a server elsewhere where one is named or signed in to; else through the process that serves the home, else through one of its own, for the length of the command.</summary>
internal sealed class AdminLink : IAsyncDisposable
{
    /// <summary>How often one request may meet a process that ends before it is asked.</summary>
    private const int MostAttempts = 10;

    private readonly LazuliHome? _home;
    private readonly RemoteServer? _server;
    private AdminHost? _host;
    private HttpClient _client;

    private AdminLink(LazuliHome home, AdminHost? host)
    {
        _home = home;
        _host = host;
        _client = AdminSocket.Connect(AdminSocket.PathOf(home));
    }

    /// <summary>A link to a server elsewhere.</summary>
    public AdminLink(RemoteServer server)
    {
        _server = server;
        _client = server.Connect();
    }

    /// <summary>Reaches what this command is about.</summary>
    /// <exception cref="CommandException">A process holds the home and does not answer.</exception>
    public static async Task<AdminLink> OpenAsync(CancellationToken cancellationToken)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        return RemoteServer.Choose(home) is { } server ? new AdminLink(server) : new AdminLink(home, await HomeReach.ReachAsync(home, TimeProvider.System, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reaches a home that this process serves.</summary>
    public static AdminLink To(LazuliHome home) => new(home, host: null);

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, () => null, cancellationToken);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, () => Content(body), cancellationToken);

    public Task<T> PostAsync<T>(string path, byte[] body, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, () => new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } }, cancellationToken);

    public Task PostAsync(string path, object? body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, () => Content(body), cancellationToken);

    public Task PutAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, () => Content(body), cancellationToken);

    /// <summary>The answer's body as it is: an export.</summary>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(HttpMethod.Get, path, () => null, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static JsonContent? Content(object? body) => body is null ? null : JsonContent.Create(body, body.GetType(), options: AdminJson.Options);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(method, path, content, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<T>(AdminJson.Options, cancellationToken).ConfigureAwait(false)
            ?? throw new CommandException($"The server answered {path} with nothing.");
    }

    private async Task SendAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(method, path, content, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendCheckedAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await SendReachedAsync(method, path, content, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (_server is not null)
        {
            throw new CommandException($"{_server} cannot be reached: {(e.InnerException ?? e).Message}", ExitCode.NotReachable, e);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"The process that holds the home does not answer: {(e.InnerException ?? e).Message}.", ExitCode.NotReachable, e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            string detail = await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
            throw new CommandException(detail, response.StatusCode switch
            {
                HttpStatusCode.TooManyRequests => ExitCode.Refused,
                HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => ExitCode.Usage,
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.Conflict => ExitCode.Refused,
                HttpStatusCode.ServiceUnavailable => ExitCode.NotReachable,
                _ => ExitCode.Failed,
            });
        }
    }

    // Who answered for the home may end before it is asked, another command for one, and so may the next: as long as nothing was sent, this one looks again.
    private async Task<HttpResponseMessage> SendReachedAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(method, path, content, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (_home is not null && _host is null && attempt < MostAttempts && e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                _host = await HomeReach.ReachAsync(_home, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content() };
        return await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (_server is not null && response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return $"{_server} answered {(int)response.StatusCode}, but no admin API did: it is off there (Admin.Remote), or the address is another server's.";
        }

        string body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            string detail = problem.RootElement.GetProperty("detail").GetString() ?? body;
            return _server is not null && response.StatusCode == HttpStatusCode.Unauthorized ? $"{detail} Sign in with 'lazuli login --server {_server}'." : detail;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The server answered {(int)response.StatusCode}: {body}";
        }
    }
}
