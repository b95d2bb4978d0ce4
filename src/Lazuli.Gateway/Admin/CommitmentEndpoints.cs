using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Promises to providers of machines.</summary>
internal static class CommitmentEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder commitments = admin.MapGroup("/commitments").WithTags("Commitments");
        commitments.MapGet("/", async (IComputeCommitments store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListCommitments").WithSummary("All compute commitments, oldest first.");
        commitments.MapPost("/", async (NewCommitment body, HttpContext context, IComputeCommitments store, CancellationToken cancel) => AdminAnswer.Of(await store.MakeAsync(AdminAuthentication.ActorOf(context), body.Party, body.Terms, cancel).ConfigureAwait(false)))
            .WithName("MakeCommitment").WithSummary("Promise a provider to compute there.");
        commitments.MapPost("/{id}/end", async (string id, Because body, HttpContext context, IComputeCommitments store, CancellationToken cancel) => AdminAnswer.Of(await store.EndAsync(AdminAuthentication.ActorOf(context), id, body.Reason, cancel).ConfigureAwait(false)))
            .WithName("EndCommitment").WithSummary("End a commitment before its term.");
    }
}
