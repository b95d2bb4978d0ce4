using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lazuli.Gateway;

/// <summary>Adds the admin API: parties, licences, keys, prices, money, people. Its answers are JSON (<see cref="AdminJson"/>), its errors RFC 9457 problem details.</summary>
public static class AdminModule
{
    private const string DocumentName = "openapi";

    /// <summary>Adds what the API needs. The rooms' own modules must be added too.</summary>
    public static IServiceCollection AddLazuliAdmin(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => AdminJson.Apply(json.SerializerOptions));
        services.AddProblemDetails();
        services.AddOpenApi(DocumentName, options =>
        {
            options.ShouldInclude = api => api.RelativePath?.StartsWith("admin/v1", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer(AdminDocument.Describe);
            options.AddOperationTransformer((operation, context, _) =>
            {
                operation.Description = context.Description.ActionDescriptor.EndpointMetadata.OfType<AdminNeed>().LastOrDefault() is { } need ? AdminRights.Describe(need.Right) : null;
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer(AdminSchemas.Describe);
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // so that what is wrong with a body is said
        services.AddOptions<AdminOptions>().BindConfiguration(AdminOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FailedSignIns>();
        services.TryAddSingleton<LimitHolders>();
        services.AddWebhooks();
        return services;
    }

    /// <summary>Maps <c>/admin/v1/*</c>, for the home's socket and, where <see cref="AdminOptions.Remote"/> says so, for people elsewhere.</summary>
    public static WebApplication MapLazuliAdmin(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseWhen(IsAdmin, branch => branch.UseMiddleware<AdminProblem>().UseMiddleware<AdminAuthentication>());
        RouteGroupBuilder admin = app.MapGroup("/admin/v1");
        PriceEndpoints.Map(admin);
        PartyEndpoints.Map(admin);
        PeopleEndpoints.Map(admin);
        LimitEndpoints.Map(admin);
        KeyEndpoints.Map(admin);
        GrantEndpoints.Map(admin);
        ModelPolicyEndpoints.Map(admin);
        CommitmentEndpoints.Map(admin);
        AuditEndpoints.Map(admin);
        CapitalEndpoints.Map(admin);
        CreditEndpoints.Map(admin);
        InvoiceEndpoints.Map(admin);
        UsageEndpoints.Map(admin);
        OutsideEventEndpoints.Map(admin);
        LedgerEndpoints.Map(admin);
        WebhookEndpoints.Map(admin);
        app.MapOpenApi("/admin/v1/{documentName}.json").Needs(AdminRight.Read);
        return app;
    }

    // Routes do not tell capitals from small letters, so neither may the door; and an endpoint of ours is behind it whatever its path is.
    private static bool IsAdmin(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase) || context.GetEndpoint()?.Metadata.GetMetadata<AdminNeed>() is not null;
}
