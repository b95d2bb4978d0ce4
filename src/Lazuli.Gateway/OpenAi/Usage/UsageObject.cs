namespace Lazuli.Gateway;

/// <summary>What a request took, as <c>/v1/usage/{request_id}</c> tells it.</summary>
/// <param name="Object">Always <c>usage</c>.</param>
/// <param name="Id">The request's.</param>
/// <param name="Created">When it ended, in seconds since 1970.</param>
/// <param name="Model">The model's name.</param>
/// <param name="ApiKeyId">Id of the key.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="PromptTokens">Charged prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Of these, found in the cache.</param>
/// <param name="CompletionTokens">Charged generated tokens.</param>
/// <param name="PriceVersion">The price version that held.</param>
/// <param name="Charge">What is accrued; tiers are settled on the invoice.</param>
/// <param name="Event">Identity of the meter event, as usage proofs name it.</param>
internal sealed record UsageObject(
    string Object,
    string Id,
    long Created,
    string Model,
    string ApiKeyId,
    string Outcome,
    long PromptTokens,
    long CachedTokens,
    long CompletionTokens,
    string PriceVersion,
    UsageAmount Charge,
    string Event);

/// <summary>An exact amount.</summary>
/// <param name="Value">Units, as text.</param>
/// <param name="Currency">ISO 4217.</param>
internal sealed record UsageAmount(string Value, string Currency);
