using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Adds webhooks: endpoints, and what sends to them.</summary>
internal static class WebhookModule
{
    /// <summary>Adds what the admin API needs; nothing is sent by itself.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateOnStart();
        services.TryAddSingleton<WebhookKeyFile>();
        services.TryAddSingleton<WebhookNames>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddSingleton<WebhookQueue>();
        services.TryAddSingleton<WebhookRegister>();
        return services;
    }

    /// <summary>Adds the delivery that goes on while the host runs; needs grants, projects and keys.</summary>
    public static IServiceCollection AddWebhookDelivery(this IServiceCollection services)
    {
        services.AddWebhooks();
        services.TryAddSingleton<WebhookAudiences>();
        services.TryAddSingleton<WebhookFanOut>();
        services.TryAddSingleton<WebhookCourier>();
        services.AddHostedService<WebhookService>();
        return services;
    }
}
