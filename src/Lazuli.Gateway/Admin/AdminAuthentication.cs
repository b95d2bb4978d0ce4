using System.Net.Sockets;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Lets only callers on the home's own socket through.</summary>
internal sealed class AdminAuthentication : IEndpointFilter
{
    private static readonly object s_item = new();

    /// <summary>Who calls, once let through.</summary>
    public static Actor ActorOf(HttpContext context) =>
        context.Items[s_item] as Actor ?? throw new InvalidOperationException("The admin API was reached without authentication.");

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint is not UnixDomainSocketEndPoint)
        {
            throw new AdminRefusedException(StatusCodes.Status401Unauthorized, "Not signed in", "The admin API answers on the home's socket only.");
        }

        http.Items[s_item] = Actor.Local;
        return next(context);
    }
}
