using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Adds the OpenAI-compatible API to a web application.</summary>
public static class GatewayModule
{
    /// <summary>Time for the server's own closing, on top of the drain.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(10);

    /// <summary>Adds the gateway. Needs storage, an <see cref="IApiKeyStore"/>, an <see cref="IModelHost"/>, <see cref="IEntitlements"/>, <see cref="IAdmission"/>, <see cref="IMeterEvents"/> and <see cref="IUsageReports"/>.</summary>
    public static IServiceCollection AddLazuliGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        OptionsBuilder<GatewayOptions> options = services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddOptions<HostOptions>().PostConfigure<IOptions<GatewayOptions>>((host, gateway) => host.ShutdownTimeout = gateway.Value.DrainTimeout + s_closing);
        services.TryAddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.TryAddSingleton<Turnstile>();
        services.TryAddSingleton<GenerationRunner>();
        services.TryAddSingleton<ModelsEndpoint>();
        services.TryAddSingleton<ChatEndpoint>();
        services.TryAddSingleton<CompletionEndpoint>();
        services.TryAddSingleton<EmbeddingEndpoint>();
        services.TryAddSingleton<UsageEndpoint>();
        services.TryAddSingleton<ReportEndpoint>();
        services.TryAddSingleton<KeyAuthentication>();
        services.AddWebhookDelivery();
        return services;
    }

    /// <summary>Maps <c>/v1/*</c> and <c>/health/*</c>, and gives every exchange its request id, headers and error shape.</summary>
    public static WebApplication MapLazuliGateway(this WebApplication app)
    {
        app.UseMiddleware<ExchangeMiddleware>();
        MapHealth(app);
        KeyAuthentication authentication = app.Services.GetRequiredService<KeyAuthentication>();
        RouteGroupBuilder v1 = app.MapGroup("/v1");
        v1.AddEndpointFilter(authentication);
        v1.MapGet("/models", (HttpContext context, ModelsEndpoint endpoint) => endpoint.ListAsync(context));
        v1.MapGet("/models/{**id}", (HttpContext context, string id, ModelsEndpoint endpoint) => endpoint.GetAsync(context, id));
        v1.MapPost("/chat/completions", (HttpContext context, ChatEndpoint endpoint) => endpoint.HandleAsync(context));
        v1.MapPost("/completions", (HttpContext context, CompletionEndpoint endpoint) => endpoint.HandleAsync(context));
        v1.MapPost("/embeddings", (HttpContext context, EmbeddingEndpoint endpoint) => endpoint.HandleAsync(context));
        v1.MapGet("/usage", (HttpContext context, ReportEndpoint endpoint) => endpoint.UsageAsync(context));
        v1.MapGet("/costs", (HttpContext context, ReportEndpoint endpoint) => endpoint.CostsAsync(context));
        v1.MapGet("/organization/usage/completions", (HttpContext context, ReportEndpoint endpoint) => endpoint.CompletionsAsync(context));
        v1.MapGet("/organization/costs", (HttpContext context, ReportEndpoint endpoint) => endpoint.CostsAsync(context));
        v1.MapGet("/usage/{id}", (HttpContext context, string id, UsageEndpoint endpoint) => endpoint.HandleAsync(context, id));
        return app;
    }

    private static void MapHealth(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", (HttpContext context) => WriteHealth(context, StatusCodes.Status200OK, "ok"));
        app.MapGet("/health/ready", (HttpContext context, Drain drain) => drain.IsDraining
            ? WriteHealth(context, StatusCodes.Status503ServiceUnavailable, "draining")
            : WriteHealth(context, StatusCodes.Status200OK, context.RequestServices.GetService<ISealing>()?.Failure is null ? "ok" : "unsealed")); // it serves and meters all the same
    }

    private static Task WriteHealth(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new HealthBody(text), WireJson.Wire.HealthBody, cancellationToken: context.RequestAborted);
    }
}
