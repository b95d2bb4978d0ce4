namespace Lazuli.Gateway;

/// <summary>A name leads to an address that webhooks are not sent to.</summary>
internal sealed class WebhookAddressException(string problem) : Exception(problem);
