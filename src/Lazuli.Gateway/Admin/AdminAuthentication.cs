using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>
/// The door of the admin API, before anything of a request's body is read: who calls, and whether its role does for the endpoint.
/// On the home's socket that is the installation's operator; elsewhere, where <see cref="AdminOptions.Remote"/> opens the API at all, whoever signs in with a bearer.
/// </summary>
internal sealed class AdminAuthentication(RequestDelegate next, ISignIn signIn, FailedSignIns failed, IOptions<AdminOptions> options)
{
    private const long MaxBodyBytes = 1 << 20;
    private const int LongestBearer = 16 * 1024;
    private const string BearerScheme = "Bearer ";
    private const string ApiKeyPrefix = "lzk_";
    private const string SessionPrefix = "lzs_";
    private static readonly object s_item = new();

    /// <summary>Who calls, once let through.</summary>
    public static Actor ActorOf(HttpContext context) =>
        context.Items[s_item] as Actor ?? throw new InvalidOperationException("The admin API was reached without authentication.");

    /// <summary>Whether the caller signed in with a session.</summary>
    public static bool IsInSession(HttpContext context) => Bearer(context.Request)?.StartsWith(SessionPrefix, StringComparison.Ordinal) == true;

    public async Task InvokeAsync(HttpContext context)
    {
        bool isLocal = context.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint is UnixDomainSocketEndPoint;
        if (!isLocal && !options.Value.Remote)
        {
            // As if there were nothing: whoever looks for the API here learns nothing of it.
            context.SetEndpoint(null);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = MaxBodyBytes;
        }

        Actor actor = isLocal ? Actor.Local : await SignInAsync(context).ConfigureAwait(false);
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            AdminNeed need = endpoint.Metadata.GetMetadata<AdminNeed>()
                ?? throw new AdminRefusedException(StatusCodes.Status403Forbidden, "Not allowed", "The endpoint does not say what it needs, so it answers nobody.");
            if (AdminRights.Refusal(actor, need.Right) is { } refusal)
            {
                throw new AdminRefusedException(StatusCodes.Status403Forbidden, "Not allowed", refusal);
            }
        }

        context.Items[s_item] = actor;
        await next(context).ConfigureAwait(false);
    }

    private async Task<Actor> SignInAsync(HttpContext context)
    {
        string? bearer = Bearer(context.Request);
        if (bearer is null)
        {
            throw Unknown(context, "The admin API wants a personal token, a session or a token of the configured issuer as 'Authorization: Bearer'.", error: null);
        }

        if (!CallerAddress.IsPrivate(context, options.Value))
        {
            throw new AdminRefusedException(StatusCodes.Status403Forbidden, "Not over TLS", "The token came in the clear, so it was not looked at. Use https, and revoke this token: others may have read it.");
        }

        IPAddress? address = CallerAddress.Of(context, options.Value);
        if (failed.WaitOf(address) is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            throw new AdminRefusedException(StatusCodes.Status429TooManyRequests, "Too many failed sign-ins", "Too many wrong tokens came from this address; it has to wait.");
        }

        SignInResult result = bearer.StartsWith(ApiKeyPrefix, StringComparison.Ordinal)
            ? new SignInResult.Unknown("An API key does not open the admin API; it wants a personal token, a session or a token of the configured issuer.")
            : bearer.Length > LongestBearer ? new SignInResult.Unknown("The bearer is longer than any token.")
            : await signIn.AuthenticateAsync(bearer, context.RequestAborted).ConfigureAwait(false);
        switch (result)
        {
            case SignInResult.Known known:
                return known.Actor;
            case SignInResult.Unavailable unavailable:
                throw new AdminRefusedException(StatusCodes.Status503ServiceUnavailable, "Sign-in is not available", unavailable.Reason);
            default:
                failed.Add(address);
                throw Unknown(context, ((SignInResult.Unknown)result).Reason, "invalid_token");
        }
    }

    private static AdminRefusedException Unknown(HttpContext context, string reason, string? error)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"lazuli-admin\"" + (error is null ? "" : $", error=\"{error}\"");
        return new AdminRefusedException(StatusCodes.Status401Unauthorized, "Not signed in", reason);
    }

    private static string? Bearer(HttpRequest request)
    {
        string? text = request.Headers.Authorization is [{ } only] ? only : null;
        return text is not null && text.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) && text[BearerScheme.Length..].Trim() is { Length: > 0 } bearer ? bearer : null;
    }
}
