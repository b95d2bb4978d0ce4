using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Limits as an account's row keeps them: JSON, amounts in nano-units of the row's currency.</summary>
internal sealed record StoredLimits
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? RequestsPerDay { get; init; }

    public long? TokensPerDay { get; init; }

    public long? Concurrency { get; init; }

    public long? DayNanos { get; init; }

    public bool? DayIsHard { get; init; }

    public long? MonthNanos { get; init; }

    public bool? MonthIsHard { get; init; }

    public bool? Prepaid { get; init; }

    public string? PrepaidWith { get; init; }

    /// <summary>As text.</summary>
    public static string Write(AccountLimits limits) => JsonSerializer.Serialize(
        new StoredLimits
        {
            RequestsPerMinute = limits.RequestsPerMinute,
            TokensPerMinute = limits.TokensPerMinute,
            RequestsPerDay = limits.RequestsPerDay,
            TokensPerDay = limits.TokensPerDay,
            Concurrency = limits.Concurrency,
            DayNanos = limits.SpendPerDay?.Amount.Nanos,
            DayIsHard = limits.SpendPerDay?.IsHard,
            MonthNanos = limits.SpendPerMonth?.Amount.Nanos,
            MonthIsHard = limits.SpendPerMonth?.IsHard,
            Prepaid = limits.PrepaidIn is null ? null : true,
            PrepaidWith = limits.PrepaidWith?.Value,
        },
        s_json);

    /// <summary>As they were.</summary>
    public static AccountLimits Read(string text, Currency? currency)
    {
        StoredLimits stored = JsonSerializer.Deserialize<StoredLimits>(text, s_json)!;
        return new AccountLimits
        {
            RequestsPerMinute = stored.RequestsPerMinute,
            TokensPerMinute = stored.TokensPerMinute,
            RequestsPerDay = stored.RequestsPerDay,
            TokensPerDay = stored.TokensPerDay,
            Concurrency = stored.Concurrency,
            SpendPerDay = stored.DayNanos is { } day ? new SpendLimit(new Money(day, currency!.Value), stored.DayIsHard == true) : null,
            SpendPerMonth = stored.MonthNanos is { } month ? new SpendLimit(new Money(month, currency!.Value), stored.MonthIsHard == true) : null,
            PrepaidIn = stored.Prepaid == true ? currency : null,
            PrepaidWith = stored.PrepaidWith is { } seller ? new PartyId(seller) : null,
        };
    }

    /// <summary>The one currency of all amounts; null where none is about money.</summary>
    /// <exception cref="ArgumentException">A limit is negative, or there are several currencies.</exception>
    public static Currency? Check(LimitSubject subject, AccountLimits limits)
    {
        foreach ((string name, long? value) in new (string, long?)[]
        {
            ("requests a minute", limits.RequestsPerMinute), ("tokens a minute", limits.TokensPerMinute), ("requests a day", limits.RequestsPerDay), ("tokens a day", limits.TokensPerDay),
            ("requests at once", limits.Concurrency), ("spend a day", limits.SpendPerDay?.Amount.Nanos), ("spend a month", limits.SpendPerMonth?.Amount.Nanos),
        })
        {
            if (value < 0)
            {
                throw new ArgumentException($"The limit of {subject} on {name} is {value}; a limit is zero or more.", nameof(limits));
            }
        }

        if (limits.PrepaidWith is not null && limits.PrepaidIn is null)
        {
            throw new ArgumentException($"The credit of {subject} is with {limits.PrepaidWith}, but no prepaid credit is asked for: name its currency.", nameof(limits));
        }

        Currency[] currencies = [.. new[] { limits.SpendPerDay?.Amount.Currency, limits.SpendPerMonth?.Amount.Currency, limits.PrepaidIn }.OfType<Currency>().Distinct()];
        return currencies.Length <= 1
            ? currencies.Length == 0 ? null : currencies[0]
            : throw new ArgumentException($"The limits of {subject} are in {string.Join(" and ", currencies)}; one account has one currency.", nameof(limits));
    }
}
