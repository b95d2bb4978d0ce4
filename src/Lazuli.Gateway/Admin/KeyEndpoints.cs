using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>API keys.</summary>
internal static class KeyEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder keys = admin.MapGroup("/keys").WithTags("Keys");
        keys.Get("/", async (AdminCall call, IApiKeyStore store, CancellationToken cancel) => TypedResults.Ok((await store.ListAsync(cancel).ConfigureAwait(false)).Where(key => call.ActsFor(key.Party)).ToArray()))
            .Needs(AdminRight.Read).WithName("ListKeys").WithSummary("All keys, newest first; never their text.");
        keys.Post("/", async (NewApiKey body, AdminCall call, IApiKeyStore store, CancellationToken cancel) => AdminAnswer.Of(await store.CreateAsync(call.Actor, body, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("CreateKey").WithSummary("Make a key; its text is in this answer only.");
        keys.Post("/{id}/rotate", RotateAsync).Needs(AdminRight.AskLicensing).WithName("RotateKey").WithSummary("Make a key that is allowed what the old one is; the old one goes on for a while and then ends.");
        keys.Post("/{id}/revoke", async (string id, AdminCall call, IApiKeyStore store, CancellationToken cancel) => AdminAnswer.Of(await store.RevokeAsync(call.Actor, id, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("RevokeKey").WithSummary("End a key at once.");
    }

    private static async Task<Ok<CreatedApiKey>> RotateAsync(string id, double overlapHours, AdminCall call, IApiKeyStore store, CancellationToken cancel) =>
        overlapHours is >= 0 and <= 24 * 366
            ? AdminAnswer.Of(await store.RotateAsync(call.Actor, id, TimeSpan.FromHours(overlapHours), cancel).ConfigureAwait(false))
            : throw new AdminRefusedException(StatusCodes.Status400BadRequest, "A value cannot be", string.Create(CultureInfo.InvariantCulture, $"overlapHours is {overlapHours}; it must be from 0 to {24 * 366}."));
}
