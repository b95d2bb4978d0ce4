using System.Net;

namespace Lazuli.Gateway;

/// <summary>Where names lead to.</summary>
internal class WebhookNames
{
    /// <summary>The addresses of a host's name, or the one that it is.</summary>
    public virtual Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
