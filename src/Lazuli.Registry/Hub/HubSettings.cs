using System.Net;

namespace Lazuli.Registry;

/// <summary>Which hub is asked, as whom, and how patiently.</summary>
public sealed class HubSettings
{
    /// <summary>Environment variable with the hub's address.</summary>
    public const string EndpointVariable = "HF_ENDPOINT";

    /// <summary>Environment variable with the caller's token.</summary>
    public const string TokenVariable = "HF_TOKEN";

    private const string DefaultEndpoint = "https://huggingface.co";
    private const int MaxTokenLength = 4_096;

    /// <param name="endpoint">Address of the hub, http or https.</param>
    /// <param name="token">The caller's token; null or blank for none.</param>
    /// <exception cref="HubException">The address is none, or the token has characters that no header may hold.</exception>
    public HubSettings(string endpoint, string? token)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new HubException(HubFailure.Usage, $"{EndpointVariable} is no address of a hub: expected http:// or https:// and a host, without user, query or fragment, such as {DefaultEndpoint}.");
        }

        token = string.IsNullOrWhiteSpace(token) ? null : token.Trim();
        if (token is not null && (token.Length > MaxTokenLength || !token.All(c => c is > ' ' and < '\u007f')))
        {
            throw new HubException(HubFailure.Usage, $"{TokenVariable} holds characters that a token never has (blanks, line ends, letters outside ASCII); copy it again.");
        }

        Endpoint = new Uri(uri.GetLeftPart(UriPartial.Path).TrimEnd('/'));
        Token = token;
    }

    /// <summary>The hub.</summary>
    public Uri Endpoint { get; }

    /// <summary>How many files are fetched at once.</summary>
    /// <value>Default 4.</value>
    public int FilesAtOnce { get; init; } = 4;

    /// <summary>How often a request is tried that brings nothing.</summary>
    /// <value>Default 6.</value>
    public int Tries { get; init; } = 6;

    /// <summary>The wait after the first failure; each further one doubles it, up to <see cref="LongestWait"/>.</summary>
    /// <value>Default half a second.</value>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait, also where the hub asks for more.</summary>
    /// <value>Default 30 seconds.</value>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that brings no byte for so long counts as broken.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Largest file that is fetched.</summary>
    /// <value>Default 1 TiB.</value>
    public long MaxFileBytes { get; init; } = 1L << 40;

    /// <summary>Whether the caller named a token.</summary>
    public bool HasToken => Token is not null;

    /// <summary>Whether a token may travel to the hub: over https, or inside this machine.</summary>
    internal bool MaySendToken => Endpoint.Scheme == Uri.UriSchemeHttps || Endpoint.IsLoopback || (IPAddress.TryParse(Endpoint.Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>The token; only the transport reads it.</summary>
    internal string? Token { get; }

    /// <summary><c>HF_ENDPOINT</c> (else the public hub) and <c>HF_TOKEN</c>.</summary>
    /// <exception cref="HubException">A variable holds nonsense.</exception>
    public static HubSettings FromEnvironment()
    {
        string? endpoint = Environment.GetEnvironmentVariable(EndpointVariable);
        return new HubSettings(string.IsNullOrWhiteSpace(endpoint) ? DefaultEndpoint : endpoint.Trim(), Environment.GetEnvironmentVariable(TokenVariable));
    }
}
