using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Where parties are told of events. A party reaches its own endpoints only; every change has an audit entry, which never holds a secret.</summary>
internal static class WebhookEndpoints
{
    private const double MostOverlapHours = 24 * 30;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder webhooks = admin.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.Get("/", async (string? party, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                TypedResults.Ok(await register.ListAsync(call.Actor, party is null ? null : new PartyId(party), cancel).ConfigureAwait(false)))
            .Needs(AdminRight.Read).WithName("ListWebhooks").WithSummary("Endpoints, oldest first; never their secrets.");
        webhooks.Get("/types", () => TypedResults.Ok(WebhookEventTypes.All)).Needs(AdminRight.Read).WithName("ListWebhookTypes").WithSummary("The types of events.");
        webhooks.Post("/", AddAsync).Needs(AdminRight.ManageWebhooks).WithName("AddWebhook").WithSummary("Add an endpoint; its secret is in this answer only.");
        webhooks.Post("/{id}/rotate", RotateAsync).Needs(AdminRight.ManageWebhooks).WithName("RotateWebhook").WithSummary("Give an endpoint a new secret; for a while events are signed with the old one too.");
        webhooks.Post("/{id}/enable", (string id, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                ChangeAsync("enable", id, new { }, call, register, change => register.EnableAsync(call.Actor, id, change), cancel))
            .Needs(AdminRight.ManageWebhooks).WithName("EnableWebhook").WithSummary("Switch an endpoint on again.");
        webhooks.Post("/{id}/remove", (string id, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                ChangeAsync("remove", id, new { }, call, register, change => register.RemoveAsync(call.Actor, id, change), cancel))
            .Needs(AdminRight.ManageWebhooks).WithName("RemoveWebhook").WithSummary("Forget an endpoint and its secret.");
        webhooks.Post("/{id}/test", async (string id, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                TypedResults.Ok(await register.TestAsync(call.Actor, id, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.ManageWebhooks).WithName("TestWebhook").WithSummary("Send an endpoint a test event now.");
        webhooks.Get("/{id}/deliveries", async (string id, string? state, int? limit, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                TypedResults.Ok(await register.DeliveriesAsync(call.Actor, id, state is null ? null : AdminName.Parse<WebhookDeliveryState>("state", state), limit ?? 100, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.Read).WithName("ListWebhookDeliveries").WithSummary("What became of an endpoint's events, newest first.");
        webhooks.Post("/{id}/deliveries/{delivery}/replay", (string id, string delivery, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
                ChangeAsync("replay", id, new { delivery }, call, register, change => register.ReplayAsync(call.Actor, id, delivery, change), cancel))
            .Needs(AdminRight.ManageWebhooks).WithName("ReplayWebhookDelivery").WithSummary("Send one event once more.");
    }

    private static async Task<Ok<WebhookWithSecret>> AddAsync(NewWebhook body, AdminCall call, WebhookRegister register)
    {
        register.RequireAddable(call.Actor, body);
        return TypedResults.Ok(await call.ChangeAsync("webhook.add", body.Party.Value, body, change => register.AddAsync(call.Actor, body, change)).ConfigureAwait(false));
    }

    private static Task<Ok<WebhookWithSecret>> RotateAsync(string id, double overlapHours, AdminCall call, WebhookRegister register, CancellationToken cancel) =>
        overlapHours is >= 0 and <= MostOverlapHours
            ? ChangeAsync("rotate", id, new { overlapHours }, call, register, change => register.RotateAsync(call.Actor, id, TimeSpan.FromHours(overlapHours), change), cancel)
            : throw new AdminRefusedException(StatusCodes.Status400BadRequest, "A value cannot be", string.Create(CultureInfo.InvariantCulture, $"overlapHours is {overlapHours}; it must be from 0 to {MostOverlapHours}."));

    // What is not there for the caller leaves no entry.
    private static async Task<Ok<T>> ChangeAsync<T>(string step, string id, object asked, AdminCall call, WebhookRegister register, Func<CancellationToken, Task<T>> change, CancellationToken cancel)
    {
        await register.RequireAsync(call.Actor, id, cancel).ConfigureAwait(false);
        return TypedResults.Ok(await call.ChangeAsync("webhook." + step, id, asked, change).ConfigureAwait(false));
    }
}
