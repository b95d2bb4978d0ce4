using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Maps endpoints whose handlers are bound (parameters, JSON, answers) when each is first asked, and not all of them before the first.</summary>
/// <remarks>A command that nobody serves hosts the whole API for a request or two; compiling the binding of a hundred endpoints took most of its time.</remarks>
internal static class DeferredEndpoints
{
    public static IEndpointConventionBuilder Get(this RouteGroupBuilder routes, string pattern, Delegate handler) => Map(routes, HttpMethods.Get, pattern, handler);

    public static IEndpointConventionBuilder Post(this RouteGroupBuilder routes, string pattern, Delegate handler) => Map(routes, HttpMethods.Post, pattern, handler);

    public static IEndpointConventionBuilder Put(this RouteGroupBuilder routes, string pattern, Delegate handler) => Map(routes, HttpMethods.Put, pattern, handler);

    private static IEndpointConventionBuilder Map(RouteGroupBuilder routes, string method, string pattern, Delegate handler)
    {
        IServiceProvider services = ((IEndpointRouteBuilder)routes).ServiceProvider;
        Lazy<RequestDelegate>? bound = null;
        IEndpointConventionBuilder endpoint = routes.MapMethods(pattern, [method], context =>
        {
            AdminAuthentication.ActorOf(context); // throws where a request found a way around the door
            return bound!.Value(context);
        });
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(handler.Method); // what the OpenAPI document is made from
            var options = new RequestDelegateFactoryOptions
            {
                ServiceProvider = services,
                RouteParameterNames = ((RouteEndpointBuilder)builder).RoutePattern.Parameters.Select(parameter => parameter.Name),
                ThrowOnBadRequest = services.GetRequiredService<IOptions<RouteHandlerOptions>>().Value.ThrowOnBadRequest,
                EndpointBuilder = builder,
            };
            RequestDelegateMetadataResult inferred = RequestDelegateFactory.InferMetadata(handler.Method, options);
            bound = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options, inferred).RequestDelegate);
        });
        return endpoint;
    }
}
