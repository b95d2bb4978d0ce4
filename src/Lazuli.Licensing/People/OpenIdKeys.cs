using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Lazuli.Licensing;

/// <summary>The issuer's public keys: fetched when first needed, kept for half a day, fetched again when a token names one that is not there, at most once a minute.</summary>
internal sealed class OpenIdKeys(HttpClient http, IOptions<OpenIdOptions> options, TimeProvider time) : IDisposable
{
    private const int LargestAnswerBytes = 1 << 20;

    private static readonly TimeSpan s_kept = TimeSpan.FromHours(12);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile IReadOnlyList<SecurityKey> _keys = [];
    private long _triedAt;
    private long _fetchedAt;
    private bool _tried;
    private volatile bool _fetched;

    /// <summary>Whether keys may come from there: over TLS, or from this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || (IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip))));

    /// <summary>The keys, among them the one named where the issuer has it.</summary>
    /// <exception cref="OpenIdUnavailableException">There are none, because the issuer does not answer as it should.</exception>
    public async Task<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (IsGood(keyId))
        {
            return _keys;
        }

        await _fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!IsGood(keyId) && (!_tried || time.GetElapsedTime(_triedAt) >= s_patience))
            {
                _tried = true;
                _triedAt = time.GetTimestamp();
                await FetchAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ArgumentException or InvalidOperationException or (TaskCanceledException and { CancellationToken.IsCancellationRequested: false }))
        {
            // Keys that are there go on being good while the issuer is away.
            if (!_fetched)
            {
                throw new OpenIdUnavailableException($"The keys of {options.Value.Issuer} cannot be fetched: {e.Message}", e);
            }
        }
        finally
        {
            _fetching.Release();
        }

        return _fetched ? _keys : throw new OpenIdUnavailableException($"The keys of {options.Value.Issuer} could not be fetched a moment ago; they are asked for again within a minute.", null);
    }

    public void Dispose()
    {
        http.Dispose();
        _fetching.Dispose();
    }

    private bool IsGood(string? keyId) => _fetched && time.GetElapsedTime(Interlocked.Read(ref _fetchedAt)) < s_kept && (keyId is null || _keys.Any(key => key.KeyId == keyId));

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        string metadata = await GetTextAsync(new Uri(OpenIdSettings.MetadataOf(options.Value)), cancellationToken).ConfigureAwait(false);
        using JsonDocument document = JsonDocument.Parse(metadata);
        string? issuer = document.RootElement.TryGetProperty("issuer", out JsonElement named) ? named.GetString() : null;
        if (issuer != options.Value.Issuer)
        {
            throw new InvalidOperationException($"its metadata is of the issuer '{issuer}'.");
        }

        var address = new Uri(document.RootElement.GetProperty("jwks_uri").GetString() ?? "", UriKind.Absolute);
        if (!IsSafe(address))
        {
            throw new InvalidOperationException($"its keys are at {address}, which is neither https nor this machine.");
        }

        var set = new JsonWebKeySet(await GetTextAsync(address, cancellationToken).ConfigureAwait(false));
        _keys = [.. set.GetSigningKeys()];
        Interlocked.Exchange(ref _fetchedAt, time.GetTimestamp());
        _fetched = true;
    }

    private async Task<string> GetTextAsync(Uri address, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(LargestAnswerBytes, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
    }
}
