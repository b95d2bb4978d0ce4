using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Lazuli.Gateway;

/// <summary>Where webhooks may be sent: not into our own network, unless settings say so, and never to the link or to a cloud's metadata service. Pure.</summary>
internal static class WebhookAddress
{
    private const int LongestUrl = 2_000;

    private static readonly (IPNetwork Network, string What)[] s_never =
    [
        Never("0.0.0.0/8", "of no host"), Never("169.254.0.0/16", "link-local, where clouds keep their metadata"), Never("192.0.0.0/24", "reserved"), Never("192.0.2.0/24", "for documentation"),
        Never("198.18.0.0/15", "for benchmarks"), Never("198.51.100.0/24", "for documentation"), Never("203.0.113.0/24", "for documentation"), Never("224.0.0.0/4", "multicast"), Never("240.0.0.0/4", "reserved"),
        Never("100.100.100.200/32", "a cloud's metadata service"), Never("168.63.129.16/32", "a cloud's own service"), Never("fd00:ec2::/32", "a cloud's metadata service"),
        Never("::/128", "of no host"), Never("fe80::/10", "link-local"), Never("fec0::/10", "site-local"), Never("ff00::/8", "multicast"), Never("2001:db8::/32", "for documentation"), Never("100::/64", "discarded"),
    ];

    private static readonly IPNetwork[] s_private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fc00::/7"),
    ];

    private static readonly IPNetwork s_translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork s_teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");

    /// <summary>Why webhooks are not sent to an address; null when they are.</summary>
    public static string? Problem(IPAddress address, WebhookOptions options)
    {
        address = Plain(address);
        foreach ((IPNetwork network, string what) in s_never)
        {
            if (network.Contains(address))
            {
                return $"{address} is {what}; webhooks are never sent there.";
            }
        }

        if (IPAddress.IsLoopback(address))
        {
            return options.AllowLoopback ? null : $"{address} is this machine; Webhooks:AllowLoopback is off.";
        }

        return !options.AllowPrivateNetworks && s_private.Any(network => network.Contains(address)) ? $"{address} is in a private network; Webhooks:AllowPrivateNetworks is off." : null;
    }

    /// <summary>Why a URL is refused; null when it may be an endpoint's, which its address decides anew at each connection.</summary>
    public static string? Problem(string? text, WebhookOptions options)
    {
        if (text is null || text.Length > LongestUrl || text.Any(c => c <= ' ' || c > '~' || c == '\\') || !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
        {
            return $"An endpoint is an absolute URL of at most {LongestUrl} plain characters; got '{Cut(text)}'.";
        }

        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return "An endpoint's URL has no user, password or fragment; the signature says who calls.";
        }

        bool isHere = url.IsLoopback && options.AllowLoopback;
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && isHere))
        {
            return $"An endpoint's URL begins with https://; got '{url.Scheme}:'.";
        }

        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out IPAddress? address))
        {
            return Problem(address, options);
        }

        return url.IsLoopback && !isHere ? "An endpoint cannot be this machine; Webhooks:AllowLoopback is off." : null;
    }

    /// <summary>The address inside an address: IPv4 written as IPv6, or carried through a translation.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (s_translated.Contains(address) || (s_compatible.Contains(address) && BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) > 1))
        {
            return new IPAddress(bytes[12..]);
        }

        if (s_sixToFour.Contains(address))
        {
            return new IPAddress(bytes[2..6]);
        }

        if (s_teredo.Contains(address))
        {
            return new IPAddress([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]]);
        }

        return address.ScopeId == 0 ? address : new IPAddress(bytes); // a scope keeps networks from containing it
    }

    private static string Cut(string? text) => text is null ? "" : new string([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);

    private static (IPNetwork, string) Never(string network, string what) => (IPNetwork.Parse(network), what);
}
