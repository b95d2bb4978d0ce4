using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Meter events that do not come from this installation's requests: sources, events, quarantine, corrections. All of it is the installation's to change.</summary>
internal static class OutsideEventEndpoints
{
    private const long MostBytes = 4 << 20;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder usage = admin.MapGroup("/usage").WithTags("Usage");
        usage.Get("/sources", async (IOutsideEvents events, CancellationToken cancel) => TypedResults.Ok(await events.ListEmittersAsync(cancel).ConfigureAwait(false)))
            .Needs(AdminRight.ReadInstallation).WithName("ListMeterSources").WithSummary("Sources of meter events outside this installation.");
        usage.Post("/sources", (NewMeterSource body, AdminCall call, IOutsideEvents events) =>
                OkAsync(call.ChangeAsync("usage.source.register", $"source {body.Name}", body, change => events.RegisterAsync(body.Name, body.Party, body.Beats, change))))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("RegisterMeterSource").WithSummary("Let a source outside send events.");
        usage.Post("/sources/{name}/close", CloseAsync).Needs(AdminRight.ChangeInstallationMoney).WithName("CloseMeterSource").WithSummary("Take no more events of a source.");
        usage.Post("/sources/{name}/heartbeat", (string name, MeterHeartbeat body, IOutsideEvents events, CancellationToken cancel) => OkAsync(events.BeatAsync(name, body.Until, body.Sequence, cancel)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("BeatMeterSource").WithSummary("Say that a source has sent all that ended before a time.");
        usage.Post("/events", TakeAsync).Needs(AdminRight.ChangeInstallationMoney).WithMetadata(new AcceptsMetadata(["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"], typeof(object)))
            .WithName("TakeMeterEvents").WithSummary("Take one event or a list, CloudEvents 1.0; each is answered.");
        usage.Get("/quarantine", ListAsync).Needs(AdminRight.ReadInstallation).WithName("ListQuarantine").WithSummary("Events from outside that were held back, oldest first; a thousand at a time.");
        usage.Post("/quarantine/{id:long}/release", (long id, Because body, AdminCall call, IOutsideEvents events) =>
                OkAsync(call.ChangeAsync("usage.quarantine.release", $"event {id}", body, change => events.ReleaseAsync(call.Actor, id, body.Reason, change))))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("ReleaseQuarantined").WithSummary("Let a held event through.");
        usage.Post("/quarantine/{id:long}/drop", (long id, Because body, AdminCall call, IOutsideEvents events) =>
                OkAsync(call.ChangeAsync("usage.quarantine.drop", $"event {id}", body, change => events.DropAsync(call.Actor, id, body.Reason, change))))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("DropQuarantined").WithSummary("Throw a held event away; its number is given up.");
        usage.Post("/corrections", (EventCorrection body, AdminCall call, IOutsideEvents events) =>
                OkAsync(call.ChangeAsync("usage.correct", body.Request is { } request ? $"request {request}" : $"event {body.Event}", body, change => events.CorrectAsync(call.Actor, body, change))))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("CorrectUsage").WithSummary("Record the difference to what an event really took, as a new event.");
    }

    private static async Task<Ok<T>> OkAsync<T>(Task<T> work) => TypedResults.Ok(await work.ConfigureAwait(false));

    private static async Task<Ok<MeterEmitter>> CloseAsync(string name, AdminCall call, IOutsideEvents events, CancellationToken cancel)
    {
        if ((await events.ListEmittersAsync(cancel).ConfigureAwait(false)).All(source => source.Name != name))
        {
            throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"No source '{name}' is registered. `lazuli usage source list` names them.");
        }

        return await OkAsync(call.ChangeAsync("usage.source.close", $"source {name}", new { }, change => events.CloseAsync(name, change))).ConfigureAwait(false);
    }

    private static async Task<Ok<IReadOnlyList<QuarantinedEvent>>> ListAsync(string? state, long? after, IOutsideEvents events, CancellationToken cancel)
    {
        QuarantineState wanted = state is null ? QuarantineState.Waiting : AdminName.Parse<QuarantineState>("state", state);
        return TypedResults.Ok(await events.ListQuarantineAsync(wanted, after ?? 0, cancel).ConfigureAwait(false));
    }

    private static async Task<Ok<IReadOnlyList<EventVerdict>>> TakeAsync(HttpContext context, AdminCall call, IOutsideEvents events)
    {
        using var body = new MemoryStream();
        byte[] part = new byte[64 << 10];
        for (int read; (read = await context.Request.Body.ReadAsync(part, context.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            body.Write(part, 0, read);
            if (body.Length > MostBytes)
            {
                throw new AdminRefusedException(StatusCodes.Status413PayloadTooLarge, "Too large", $"Events come in documents of at most {MostBytes} bytes. Send fewer at once.");
            }
        }

        byte[] document = body.ToArray();
        if (document.Length == 0)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, "$", "one meter event or a list of them", "nothing");
        }

        return await OkAsync(call.ChangeAsync("usage.events", $"{document.Length} bytes", new { sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(document)) }, change => events.TakeAsync(document, change))).ConfigureAwait(false);
    }
}
