using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway;

/// <summary>Metered use, its proofs, and the log's key.</summary>
internal static class UsageEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder usage = admin.MapGroup("/usage").WithTags("Usage");
        usage.MapGet("/interrupted", async (IMeterEvents events, CancellationToken cancel) => TypedResults.Ok(await events.InterruptedAsync(cancel).ConfigureAwait(false)))
            .WithName("ListInterrupted").WithSummary("Requests that a killed server left behind, settled at their last marks.");
        usage.MapGet("/{id:guid}", async (Guid id, IMeterEvents events, CancellationToken cancel) => AdminAnswer.OrNotFound(await events.FindAsync(id, cancel).ConfigureAwait(false), $"No settled request has the id {id}."))
            .WithName("FindUsage").WithSummary("The meter event of a request.");
        usage.MapGet("/proof", async (string party, DateTimeOffset from, DateTimeOffset until, IUsageProofs proofs, CancellationToken cancel) => TypedResults.Ok(await proofs.ProveAsync(new PartyId(party), from, until, cancel).ConfigureAwait(false)))
            .WithName("ProveUsage").WithSummary("All that a party used in a period, provable from the log.");
        admin.MapGet("/log", (HttpContext context) => context.RequestServices.GetService<ITransparencyLog>() is { } log
                ? TypedResults.Ok(new LogState(log.VerifierKey, log.Size, log.Checkpoint))
                : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), "This process keeps no transparency log (Storage:KeepsLog); ask the one that does."))
            .WithTags("Log").WithName("ShowLog").WithSummary("The transparency log's key and the checkpoint it signed last.");
    }
}
