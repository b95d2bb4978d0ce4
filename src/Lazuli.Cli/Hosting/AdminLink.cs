using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Lazuli.Gateway;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>A command's way to the admin API: through the server that serves the home, else through one of its own, for the length of the command.</summary>
internal sealed class AdminLink : IAsyncDisposable
{
    private readonly AdminHost? _host;
    private readonly HttpClient _client;

    private AdminLink(AdminHost? host, HttpClient client)
    {
        _host = host;
        _client = client;
    }

    /// <summary>Reaches the home of this command.</summary>
    /// <exception cref="CommandException">A process holds the home and does not answer.</exception>
    public static async Task<AdminLink> OpenAsync(CancellationToken cancellationToken)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        string socket = AdminSocket.PathOf(home);
        AdminHost? host = null;
        HomeInUseException? inUse = null;
        try
        {
            host = await AdminHost.StartAsync(home, cancellationToken).ConfigureAwait(false);
        }
        catch (HomeInUseException e)
        {
            inUse = e;
        }

        var link = new AdminLink(host, AdminSocket.Connect(socket));
        if (inUse is not null && !File.Exists(socket))
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw new CommandException($"{inUse.Message} It does not serve, so it cannot be asked; try again when it is done.", ExitCode.NotReachable, inUse);
        }

        return link;
    }

    /// <summary>Reaches a home that this process serves.</summary>
    public static AdminLink To(LazuliHome home) => new(host: null, AdminSocket.Connect(AdminSocket.PathOf(home)));

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, content: null, cancellationToken);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, Content(body), cancellationToken);

    public Task<T> PostAsync<T>(string path, byte[] body, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Post, path, new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } }, cancellationToken);

    public Task PostAsync(string path, object? body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, Content(body), cancellationToken);

    public Task PutAsync(string path, object body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, Content(body), cancellationToken);

    /// <summary>The answer's body as it is: an export.</summary>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(HttpMethod.Get, path, content: null, cancellationToken).ConfigureAwait(false);
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

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(method, path, content, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<T>(AdminJson.Options, cancellationToken).ConfigureAwait(false)
            ?? throw new CommandException($"The server answered {path} with nothing.");
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendCheckedAsync(method, path, content, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendCheckedAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException socket)
        {
            throw new CommandException($"The process that holds the home does not answer: {socket.Message}.", ExitCode.NotReachable, e);
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
                HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => ExitCode.Usage,
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.Conflict => ExitCode.Refused,
                HttpStatusCode.ServiceUnavailable => ExitCode.NotReachable,
                _ => ExitCode.Failed,
            });
        }
    }

    private static async Task<string> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            return problem.RootElement.GetProperty("detail").GetString() ?? body;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The server answered {(int)response.StatusCode}: {body}";
        }
    }
}
