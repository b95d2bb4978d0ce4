using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Accrued charges in a bucket, as OpenAI's costs API has them. What was not grouped by is null.</summary>
/// <param name="Object">Always <c>organization.costs.result</c>.</param>
/// <param name="Amount">How much.</param>
/// <param name="LineItem">The model and what of it is priced.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="ApiKeyId">The key.</param>
/// <param name="Quantity">How much of the line item.</param>
internal sealed record CostsResult(string Object, CostsAmount Amount, string? LineItem, string? ProjectId, string? ApiKeyId, long? Quantity)
{
    public static CostsResult Of(CostSum sum) => new(
        "organization.costs.result",
        new CostsAmount(sum.Amount.Units, sum.Amount.Currency.Code.ToLowerInvariant()),
        sum.Meter is { } meter ? $"{sum.Model}, {NameOf(meter)}" : null,
        sum.Project, sum.Key, sum.Quantity);

    private static string NameOf(UsageMeter meter) => meter switch
    {
        UsageMeter.InputTokens => "input",
        UsageMeter.CachedInputTokens => "cached input",
        UsageMeter.OutputTokens => "output",
        UsageMeter.DeviceSeconds => "device seconds",
        _ => throw new UnreachableException(),
    };
}

/// <summary>An amount as OpenAI writes it: an exact decimal number, and a currency in small letters.</summary>
/// <param name="Value">Units.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record CostsAmount(decimal Value, string Currency);
