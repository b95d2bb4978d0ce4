using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Adds prices, the ledger, invoices, capital and benefits.</summary>
public static class BillingModule
{
    /// <summary>Adds <see cref="IPrices"/>, <see cref="ILedger"/>, <see cref="ICredits"/>, <see cref="IInvoices"/>, <see cref="IMonthClose"/>, <see cref="IRoyalties"/>, <see cref="ICapital"/> and <see cref="IBenefits"/> over the money database, which storage adds.</summary>
    /// <remarks>Royalties follow the fees of <see cref="IGrantStore"/>; without it, use under more than one grant cannot be invoiced. Models with several owners need <see cref="IModelOwners"/>.</remarks>
    public static IServiceCollection AddLazuliBilling(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<BillingOptions>, BillingOptionsValidator>();
        services.AddOptions<BillingOptions>().BindConfiguration(BillingOptions.Section).ValidateOnStart();
        services.TryAddSingleton<PriceBook>();
        services.TryAddSingleton<IPrices>(provider => provider.GetRequiredService<PriceBook>());
        services.TryAddSingleton<ILedger, LedgerReader>();
        services.TryAddSingleton<ICredits, CreditBook>();
        services.AddHostedService<CreditExpiry>();
        services.AddHostedService<OverdueInvoices>();
        services.TryAddSingleton<IRoyaltyTerms>(provider => provider.GetService<IGrantStore>() is { } grants ? new GrantRoyaltyTerms(grants) : new UnknownGrants());
        services.TryAddSingleton<IModelOwners, SoleOwners>();
        services.TryAddSingleton<InvoiceComposer>();
        services.TryAddSingleton<Invoices>();
        services.TryAddSingleton<IInvoices>(provider => provider.GetRequiredService<Invoices>());
        services.TryAddSingleton<IMonthClose, MonthClose>();
        services.TryAddSingleton<IRoyalties, Royalties>();
        services.TryAddSingleton<IDeviceTimes, MeteredDeviceTimes>();
        services.TryAddSingleton<ICapital, Capital>();
        services.TryAddSingleton<IBenefits, Benefits>();
        AddAdmission(services);
        return services;
    }

    /// <summary>Adds <see cref="IAdmission"/>, <see cref="IAccountLimits"/> and <see cref="IAdmissionEpoch"/>, and the metering that goes on while the host runs; intervals are sealed where there is an <see cref="ITransparencyLog"/>.</summary>
    private static void AddAdmission(IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AdmissionOptions>, AdmissionOptionsValidator>();
        services.AddOptions<AdmissionOptions>().BindConfiguration(AdmissionOptions.Section).ValidateOnStart();
        services.TryAddSingleton<Admission>();
        services.TryAddSingleton<IAdmission>(provider => provider.GetRequiredService<Admission>());
        services.TryAddSingleton<IAccountLimits>(provider => provider.GetRequiredService<Admission>());
        services.TryAddSingleton<IAdmissionEpoch>(provider => provider.GetRequiredService<Admission>());
        services.TryAddSingleton<IMeteredUsage>(provider => new MeteredUsage(provider.GetRequiredService<MoneyDatabase>(), provider.GetRequiredService<IOptions<AdmissionOptions>>().Value.IntervalSeconds));
        services.TryAddSingleton<Sealing>();
        services.TryAddSingleton<ISealing>(provider => provider.GetRequiredService<Sealing>());
        services.TryAddSingleton<IMeterPeriods, MeterPeriods>();
        services.TryAddSingleton<MeterEvents>();
        services.TryAddSingleton<IUsageProofs, UsageProofs>();
        services.TryAddSingleton<IUsageReports, UsageReports>();
        services.TryAddSingleton<IMeterEvents>(provider => provider.GetRequiredService<MeterEvents>());
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<IntervalSealer>(provider)); // only where there is a log, so not checked when the container is built
        services.AddSingleton<IValidateOptions<MeteringOptions>, MeteringOptionsValidator>();
        services.AddOptions<MeteringOptions>().BindConfiguration(MeteringOptions.Section).ValidateOnStart();
        services.TryAddSingleton<IEventNames, EventNames>();
        services.TryAddSingleton<EventFactsReader>();
        services.TryAddSingleton<IOutsideEvents, OutsideEvents>();
        services.TryAddSingleton<IMeter, Meter>();
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<DocumentSealer>(provider));
        services.TryAddSingleton<IDocumentProofs, DocumentProofs>();
        services.TryAddSingleton<DeadSources>();
        services.AddHostedService<MeteringService>();
    }
}
