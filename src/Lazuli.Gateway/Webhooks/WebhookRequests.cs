using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>An endpoint to be added.</summary>
/// <param name="Party">Whose.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Types">Types wanted; null or none for all.</param>
public sealed record NewWebhook(PartyId Party, string Url, IReadOnlyList<string>? Types = null);

/// <summary>An endpoint and its secret, which is shown here only.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Secret">Signs what is sent to it: <c>whsec_</c> and base64.</param>
public sealed record WebhookWithSecret(WebhookEndpoint Endpoint, string Secret);

/// <summary>What came of a test event.</summary>
/// <param name="Event">Its id.</param>
/// <param name="Status">HTTP status of the answer; null where there was none.</param>
/// <param name="Error">What went wrong; null when it was delivered.</param>
public sealed record WebhookTest(string Event, int? Status, string? Error);
