using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway;

/// <summary>Metered use, its proofs, and the log's key. A party sees its own use, and use under licences that it granted, of this without key and project.</summary>
internal static class UsageEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder usage = admin.MapGroup("/usage").WithTags("Usage");
        usage.Get("/interrupted", ListInterruptedAsync).Needs(AdminRight.Read).WithName("ListInterrupted").WithSummary("Requests that a killed server left behind, settled at their last marks.");
        usage.Get("/{id:guid}", FindAsync).Needs(AdminRight.Read).WithName("FindUsage").WithSummary("The meter event of a request.");
        usage.Get("/proof", ProveAsync).Needs(AdminRight.Read).WithName("ProveUsage").WithSummary("All that a party used in a period, provable from the log.");
        admin.Get("/log", (HttpContext context) => context.RequestServices.GetService<ITransparencyLog>() is { } log
                ? TypedResults.Ok(new LogState(log.VerifierKey, log.Size, log.Checkpoint))
                : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), "This process keeps no transparency log (Storage:KeepsLog); ask the one that does."))
            .Needs(AdminRight.ReadInstallation).WithTags("Log").WithName("ShowLog").WithSummary("The transparency log's key and the checkpoint it signed last.");
    }

    private static async Task<Ok<MeterEvent[]>> ListInterruptedAsync(AdminCall call, IMeterEvents events, ILicensingView licences, CancellationToken cancel)
    {
        IReadOnlyList<MeterEvent> all = await events.InterruptedAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Select(used => Seen(used, call, licences)).OfType<MeterEvent>().ToArray());
    }

    private static async Task<Ok<MeterEvent>> FindAsync(Guid id, AdminCall call, IMeterEvents events, ILicensingView licences, CancellationToken cancel)
    {
        MeterEvent? used = await events.FindAsync(id, cancel).ConfigureAwait(false);
        return AdminAnswer.OrNotFound(used is null ? null : Seen(used, call, licences), $"No settled request has the id {id}.");
    }

    private static async Task<Ok<UsageProof>> ProveAsync(string party, DateTimeOffset from, DateTimeOffset until, AdminCall call, IUsageProofs proofs, ILicensingView licences, IGrantStore grants, CancellationToken cancel)
    {
        var whose = new PartyId(party);
        if (call.ActsFor(whose))
        {
            return TypedResults.Ok(await proofs.ProveAsync(whose, from, until, cancel).ConfigureAwait(false));
        }

        // A proof is of all that a party used: a licensor gets it where all of it was under its licences.
        bool licenses = (await grants.ListAsync(call.Party, cancel).ConfigureAwait(false)).Any(grant => grant.Licensor == call.Party && grant.SignedAt is not null);
        UsageProof? proof = licenses ? await proofs.ProveAsync(whose, from, until, cancel).ConfigureAwait(false) : null;
        ProvenInterval[] seen = [.. proof?.Intervals.Select(interval => interval with { Events = [.. interval.Events.Select(used => Seen(used, call, licences)).OfType<MeterEvent>()] }) ?? []];
        return proof is not null && seen.Any(interval => interval.Events.Count > 0) && seen.Zip(proof.Intervals).All(pair => pair.First.Events.Count == pair.Second.Events.Count)
            ? TypedResults.Ok(proof with { Intervals = seen })
            : throw call.Refuse($"'{party}' did not use models under its licences alone in that time.");
    }

    private static MeterEvent? Seen(MeterEvent used, AdminCall call, ILicensingView licences) =>
        call.ActsFor(used.Party) ? used
        : used.GrantChain.Any(link => licences.FindGrant(link)?.Licensor == call.Party) ? used with { Key = "", Project = new ProjectId("") }
        : null;
}
