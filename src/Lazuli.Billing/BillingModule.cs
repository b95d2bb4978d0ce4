using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Adds prices, the ledger, invoices, capital and benefits.</summary>
public static class BillingModule
{
    /// <summary>Adds <see cref="IPrices"/> and <see cref="ILedger"/> over the money database, which storage adds.</summary>
    public static IServiceCollection AddLazuliBilling(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<BillingOptions>, BillingOptionsValidator>();
        services.AddOptions<BillingOptions>().BindConfiguration(BillingOptions.Section).ValidateOnStart();
        services.TryAddSingleton<PriceBook>();
        services.TryAddSingleton<IPrices>(provider => provider.GetRequiredService<PriceBook>());
        services.TryAddSingleton<ILedger, LedgerReader>();
        return services;
    }
}
