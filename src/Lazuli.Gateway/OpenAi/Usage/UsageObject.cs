using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>What a request took, as <c>/v1/usage/{request_id}</c> tells it.</summary>
/// <param name="Object">Always <c>usage</c>.</param>
/// <param name="Id">The request's; null for use that came with none.</param>
/// <param name="Created">When it ended, in seconds since 1970.</param>
/// <param name="Model">The model's name.</param>
/// <param name="ProjectId">The project charged.</param>
/// <param name="ApiKeyId">Id of the key.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="PromptTokens">Charged prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Of these, found in the cache.</param>
/// <param name="CompletionTokens">Charged generated tokens.</param>
/// <param name="PriceVersion">The price version that held.</param>
/// <param name="Charge">What is accrued; tiers are settled on the invoice.</param>
/// <param name="Sandbox">Whether with a sandbox key, at a price of zero.</param>
/// <param name="Event">Identity of the meter event, as usage proofs name it.</param>
internal sealed record UsageObject(
    string Object,
    string? Id,
    long Created,
    string Model,
    string ProjectId,
    string ApiKeyId,
    string Outcome,
    long PromptTokens,
    long CachedTokens,
    long CompletionTokens,
    string PriceVersion,
    UsageAmount Charge,
    bool Sandbox,
    string Event)
{
    public static UsageObject Of(MeterEvent found) => new(
        "usage",
        found.RequestId?.ToString(),
        found.At.ToUnixTimeSeconds(),
        found.ModelName,
        found.Project.Value,
        found.Key,
        found.Outcome.ToString(),
        found.Tokens.Prompt,
        found.Tokens.Cached,
        found.Tokens.Completion,
        found.PriceVersion,
        new UsageAmount(MoneyText.Amount(found.Charge), found.Charge.Currency.Code),
        found.IsSandbox,
        $"{found.Source}/{found.Sequence}");
}

/// <summary>An exact amount.</summary>
/// <param name="Value">Units, as text.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record UsageAmount(string Value, string Currency);
