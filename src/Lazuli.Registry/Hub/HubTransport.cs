using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Lazuli.Registry;

/// <summary>Sends requests to a hub and to where it points. The token goes to the hub's own scheme, host and port and nowhere else.</summary>
internal sealed class HubTransport : IDisposable
{
    private const int MaxRedirects = 8;

    private readonly HubSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;

    public HubTransport(HubSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // .NET would follow with other rules about who sees the token
            AutomaticDecompression = DecompressionMethods.None, // sizes and ranges count bytes as they lie
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
        });
    }

    /// <summary>Sends a request and follows redirects until an answer comes that is none; the answer's body is not read yet.</summary>
    /// <param name="method">GET or HEAD. HEAD stays on the hub: where it points is not asked.</param>
    /// <param name="uri">An address of the hub.</param>
    /// <param name="from">First byte that is wanted.</param>
    /// <param name="ifTag">The part from there on is wanted only when the content still has this tag, else all of it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="HubInterruption">No answer came, or none within <see cref="HubSettings.Stall"/>.</exception>
    /// <exception cref="HubException">It points in circles, or from https to http.</exception>
    public async Task<HubResponse> SendAsync(HttpMethod method, Uri uri, long from, string? ifTag, CancellationToken cancellationToken)
    {
        string? linkedTag = null;
        long? linkedBytes = null;
        string? commit = null;
        for (int redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            bool isHub = IsHub(uri);
            HttpResponseMessage message = await SendOnceAsync(method, uri, isHub, from, ifTag, cancellationToken).ConfigureAwait(false);
            if (isHub)
            {
                linkedTag = Header(message, "X-Linked-Etag") ?? linkedTag;
                linkedBytes = long.TryParse(Header(message, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : linkedBytes;
                commit = Header(message, "X-Repo-Commit") ?? commit;
            }

            bool points = message.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!points || message.Headers.Location is not { } location)
            {
                return new HubResponse(message, linkedTag, linkedBytes, commit, isHub);
            }

            Uri next = new(uri, location);
            if (method == HttpMethod.Head && !IsHub(next))
            {
                return new HubResponse(message, linkedTag, linkedBytes, commit, isHub);
            }

            message.Dispose();
            uri = Followed(uri, next);
        }

        throw new HubException(HubFailure.BadAnswer, $"{_settings.Endpoint} redirects more than {MaxRedirects} times; is {HubSettings.EndpointVariable} the address of a hub?");
    }

    /// <summary>Reads into a buffer; a silence of <see cref="HubSettings.Stall"/> is an error.</summary>
    /// <exception cref="HubInterruption">Nothing came for so long, or the connection broke.</exception>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(_settings.Stall, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            return await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubInterruption(Silence(), inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new HubInterruption(e.Message.TrimEnd('.'), inner: e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri uri, bool isHub, long from, string? ifTag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("lazuli", typeof(HubTransport).Assembly.GetName().Version?.ToString(3)));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (isHub && _settings is { Token: { } token, MaySendToken: true })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            if (ifTag is not null && EntityTagHeaderValue.TryParse(ifTag, out EntityTagHeaderValue? tag) && !tag.IsWeak)
            {
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
        }

        using var stall = new CancellationTokenSource(_settings.Stall, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            return await _http.SendAsync(request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubInterruption(Silence(), inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new HubInterruption(e.Message.TrimEnd('.'), inner: e);
        }
    }

    private string Silence() => string.Create(CultureInfo.InvariantCulture, $"nothing came for {_settings.Stall.TotalSeconds:0.#} s");

    private Uri Followed(Uri from, Uri to) =>
        to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp)
            ? to
            : throw new HubException(HubFailure.BadAnswer, $"{_settings.Endpoint} points from {from.Scheme} to {to.Scheme}, which is not followed.");

    private bool IsHub(Uri uri) => Uri.Compare(uri, _settings.Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static string? Header(HttpResponseMessage message, string name) => message.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
}
