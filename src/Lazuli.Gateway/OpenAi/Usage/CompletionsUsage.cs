using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Sums of use in a bucket, as OpenAI's usage API has them. What was not grouped by is null, and so is what this server does not know.</summary>
/// <param name="Object">Always <c>organization.usage.completions.result</c>.</param>
/// <param name="InputTokens">Charged prompt tokens, cached ones included.</param>
/// <param name="InputCachedTokens">Of these, found in the cache.</param>
/// <param name="OutputTokens">Charged generated tokens.</param>
/// <param name="InputAudioTokens">Always 0.</param>
/// <param name="OutputAudioTokens">Always 0.</param>
/// <param name="NumModelRequests">Requests.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="UserId">Always null: keys belong to projects.</param>
/// <param name="ApiKeyId">The key.</param>
/// <param name="Model">The model.</param>
/// <param name="Batch">Whether in batches.</param>
/// <param name="ServiceTier">Always null.</param>
internal sealed record CompletionsUsage(
    string Object,
    long InputTokens,
    long OutputTokens,
    long InputCachedTokens,
    long InputAudioTokens,
    long OutputAudioTokens,
    long NumModelRequests,
    string? ProjectId,
    string? UserId,
    string? ApiKeyId,
    string? Model,
    bool? Batch,
    string? ServiceTier)
{
    public static CompletionsUsage Of(UsageSum sum) => new(
        "organization.usage.completions.result", sum.Tokens.Prompt, sum.Tokens.Completion, sum.Tokens.Cached, 0, 0, sum.Requests, sum.Project, null, sum.Key, sum.Model, sum.Batch, null);
}
