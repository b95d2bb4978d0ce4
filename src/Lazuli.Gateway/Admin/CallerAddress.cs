using System.Net;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Where a request comes from, and whether what it carries was for nobody else to read.</summary>
internal static class CallerAddress
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedProto = "X-Forwarded-Proto";

    /// <summary>Over TLS, from this machine itself, or through the proxy that ends TLS for us.</summary>
    public static bool IsPrivate(HttpContext context, AdminOptions options)
    {
        if (context.Request.IsHttps)
        {
            return true;
        }

        // A proxy on this machine connects from it too: what it forwards came from elsewhere.
        return IsForwarded(context)
            ? options.BehindProxy && string.Equals(Last(context, ForwardedProto), "https", StringComparison.OrdinalIgnoreCase)
            : context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>The address to count failures for: the one that the proxy in front added, else the connection's own.</summary>
    public static IPAddress? Of(HttpContext context, AdminOptions options) =>
        options.BehindProxy && IPAddress.TryParse(Last(context, ForwardedFor), out IPAddress? told) ? told : context.Connection.RemoteIpAddress;

    private static bool IsForwarded(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        return headers.ContainsKey(ForwardedFor) || headers.ContainsKey(ForwardedProto) || headers.ContainsKey("Forwarded") || headers.ContainsKey("Via");
    }

    // What stands last was added by the nearest proxy; what stands before it anybody may have written.
    private static string? Last(HttpContext context, string header) =>
        context.Request.Headers[header].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
}
