using System.Net;
using System.Net.Sockets;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What must hold of a new key, and what a key may be used for. Pure.</summary>
internal static class KeyRules
{
    public const int LongestLabel = 200;
    private const int MostListed = 100;

    /// <summary>What is wrong with a key to be made; empty when nothing is.</summary>
    public static IReadOnlyList<string> Problems(NewApiKey key, DateTimeOffset now)
    {
        var problems = new List<string>();
        if (key.Label is null || key.Label.Length > LongestLabel)
        {
            problems.Add($"A key's label has at most {LongestLabel} characters; got {key.Label?.Length ?? 0}.");
        }

        CheckNames(problems, "endpoints", key.Endpoints);
        CheckNames(problems, "models", key.Models);
        if (key.Addresses.Count > MostListed)
        {
            problems.Add($"A key has at most {MostListed} networks; got {key.Addresses.Count}.");
        }

        foreach (string address in key.Addresses.Where(address => ReadNetwork(address) is null).Take(3))
        {
            problems.Add($"An address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32 is wanted, with no bits set behind the prefix; got '{(address.Length > 60 ? address[..60] : address)}'.");
        }

        if (key.ExpiresAt is { } end && end <= now)
        {
            problems.Add($"The key would have ended on {RefusalText.Day(end)}, before it is made.");
        }

        return problems;
    }

    /// <summary>Whether a key may be used so; null when it may.</summary>
    public static KeyRefusal? Check(ApiKeyRecord key, string endpoint, string? model, IPAddress? caller) =>
        !Lists(key.Endpoints, endpoint) ? KeyRefusal.Endpoint
        : model is not null && !Lists(key.Models, model) ? KeyRefusal.Model
        : !Admits(key.Addresses, caller) ? KeyRefusal.Address
        : null;

    /// <summary>An address, which is a network of one, or a network; null when it is neither.</summary>
    public static IPNetwork? ReadNetwork(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 60 || text.Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IsAddress(slash < 0 ? text : text[..slash], out IPAddress? address))
        {
            return null;
        }

        if (slash < 0)
        {
            return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        // A network with bits behind its prefix is a mistyped one: which part was meant is not ours to guess.
        return IPNetwork.TryParse(text, out IPNetwork network) && network.BaseAddress.Equals(address) ? network : null;
    }

    // .NET also reads "10", "0x7f.1" and "010.0.0.1"; people who write such things mean something else than it does.
    private static bool IsAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 ? !address.IsIPv4MappedToIPv6 : address.ToString() == text);

    private static bool Lists(IReadOnlyList<string> names, string name) => names.Count == 0 || names.Contains(name, StringComparer.Ordinal);

    private static bool Admits(IReadOnlyList<string> networks, IPAddress? caller)
    {
        if (networks.Count == 0)
        {
            return true;
        }

        // A server that listens on IPv6 sees IPv4 callers as ::ffff:a.b.c.d.
        IPAddress? address = caller is { IsIPv4MappedToIPv6: true } ? caller.MapToIPv4() : caller;
        return address is not null && networks.Any(network => ReadNetwork(network) is { } read && read.Contains(address));
    }

    private static void CheckNames(List<string> problems, string what, IReadOnlyList<string> names)
    {
        if (names.Count > MostListed || !names.All(GrantRules.IsName))
        {
            problems.Add($"A key's {what} are at most {MostListed} names of letters, digits and . _ - / :.");
        }
    }
}
