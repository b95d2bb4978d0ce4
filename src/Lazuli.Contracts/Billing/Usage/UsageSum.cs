namespace Lazuli.Contracts;

/// <summary>Use in a bucket of time. What was not kept apart is null.</summary>
/// <param name="Start">When the bucket begins.</param>
/// <param name="Project">Of this project.</param>
/// <param name="Key">With this key.</param>
/// <param name="Model">Of this model.</param>
/// <param name="Batch">Whether in batches.</param>
/// <param name="Requests">Requests as invoices count them: without those that failed.</param>
/// <param name="Tokens">Charged tokens.</param>
public sealed record UsageSum(DateTimeOffset Start, string? Project, string? Key, string? Model, bool? Batch, long Requests, ChargedTokens Tokens);
