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
        commitments.Get("/", async (AdminCall call, IComputeCommitments store, CancellationToken cancel) => TypedResults.Ok((await store.ListAsync(cancel).ConfigureAwait(false)).Where(promise => call.ActsFor(promise.Party, promise.Terms.Provider)).ToArray()))
            .Needs(AdminRight.Read).WithName("ListCommitments").WithSummary("All compute commitments, oldest first.");
        commitments.Post("/", async (NewCommitment body, AdminCall call, IComputeCommitments store, CancellationToken cancel) => AdminAnswer.Of(await store.MakeAsync(call.Actor, body.Party, body.Terms, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("MakeCommitment").WithSummary("Promise a provider to compute there.");
        commitments.Post("/{id}/end", async (string id, Because body, AdminCall call, IComputeCommitments store, CancellationToken cancel) => AdminAnswer.Of(await store.EndAsync(call.Actor, id, body.Reason, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("EndCommitment").WithSummary("End a commitment before its term.");
    }
}
