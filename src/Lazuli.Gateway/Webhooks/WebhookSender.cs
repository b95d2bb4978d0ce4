using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Posts one event to one endpoint. Follows no redirect, uses no proxy and no cookie, reads no answer's body, and looks at the address it connects to, at each connection. Thread-safe.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan s_connectionLife = TimeSpan.FromMinutes(1); // names are resolved, and addresses judged, again after it

    private readonly WebhookOptions _options;
    private readonly WebhookNames _names;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public WebhookSender(IOptions<WebhookOptions> options, WebhookNames names, TimeProvider time)
    {
        _options = options.Value;
        _names = names;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = s_connectionLife,
            ConnectTimeout = options.Value.Timeout,
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // ours goes by our clock
        };
    }

    /// <summary>Sends; never throws for what the endpoint does.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled: nobody knows whether it arrived.</exception>
    public async Task<WebhookAnswer> SendAsync(string url, string eventId, string body, IReadOnlyList<WebhookSecret> secrets, CancellationToken cancellationToken)
    {
        if (WebhookAddress.Problem(url, _options) is { } problem)
        {
            return new WebhookAnswer(null, problem);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(body);
        long seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Lazuli-Webhooks/1.0");
        request.Headers.TryAddWithoutValidation("webhook-id", eventId);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", string.Join(' ', secrets.Select(secret => secret.Sign(eventId, seconds, bytes))));
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return Judge(response);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(null, string.Create(CultureInfo.InvariantCulture, $"No answer within {_options.Timeout.TotalSeconds:0.###} s."));
        }
        catch (HttpRequestException e)
        {
            return new WebhookAnswer(null, Explain(e));
        }
    }

    public void Dispose() => _client.Dispose();

    private WebhookAnswer Judge(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return new WebhookAnswer(status, null);
        }

        RetryConditionHeaderValue? retry = response.Headers.RetryAfter;
        string error = string.Create(CultureInfo.InvariantCulture, $"HTTP {status}{(status is >= 300 and < 400 ? ": redirects are not followed; change the endpoint's URL" : "")}.");
        return new WebhookAnswer(status, error, retry?.Delta ?? (retry?.Date is { } date ? date - _time.GetUtcNow() : null));
    }

    private static string Explain(HttpRequestException failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case WebhookAddressException refused:
                    return refused.Message;
                case SocketException socket:
                    return $"Cannot connect: {socket.SocketErrorCode}.";
                case AuthenticationException:
                    return "The TLS connection failed: its certificate is not valid for this name, or no protocol is shared.";
            }
        }

        return $"The request failed: {failure.HttpRequestError}.";
    }

    /// <summary>Connects to the first of the name's addresses that may be called and answers: what is judged is what is connected to, so a name cannot change in between.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await _names.AddressesAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        Exception? last = null;
        foreach (IPAddress address in addresses)
        {
            if (WebhookAddress.Problem(address, _options) is { } problem)
            {
                last ??= new WebhookAddressException(problem);
                continue;
            }

            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
