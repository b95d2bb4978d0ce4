namespace Lazuli.Gateway;

/// <summary>A delivery that this process has taken.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Endpoint">Its endpoint.</param>
/// <param name="Lease">Names the taking: who comes with another one comes too late.</param>
internal sealed record WebhookClaim(WebhookRows.DeliveryRow Delivery, WebhookRows.EndpointRow Endpoint, string Lease);
