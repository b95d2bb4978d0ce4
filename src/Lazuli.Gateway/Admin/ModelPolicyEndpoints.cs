using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Owners, stages, holds and revocations of models; findings and events; the audit.</summary>
internal static class ModelPolicyEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder models = admin.MapGroup("/models").WithTags("Models");
        models.MapGet("/", async (IModelPolicies store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListModelPolicies").WithSummary("What is said of models: owners, stage, holds, revocations.");
        models.MapPut("/{subject}/owners", SetOwnersAsync).WithName("SetModelOwners").WithSummary("Say who owns a model, in shares.");
        models.MapPut("/{subject}/stage", SetStageAsync).WithName("SetModelStage").WithSummary("Say how far a model is released.");
        models.MapPut("/{subject}/training-compute", SetComputeAsync).WithName("SetTrainingCompute").WithSummary("Say how much compute a model's training took, FLOP.");
        models.MapPost("/hold", async (ModelsStopped body, HttpContext context, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.HoldAsync(AdminAuthentication.ActorOf(context), body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .WithName("HoldModels").WithSummary("Put a safety hold on models; running answers end.");
        models.MapPost("/release", async (ModelsStopped body, HttpContext context, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.ReleaseAsync(AdminAuthentication.ActorOf(context), body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .WithName("ReleaseModels").WithSummary("End a safety hold.");
        models.MapPost("/revoke", async (ModelsStopped body, HttpContext context, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.RevokeAsync(AdminAuthentication.ActorOf(context), body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .WithName("RevokeModels").WithSummary("Take models back for good.");

        RouteGroupBuilder facts = admin.MapGroup("/facts").WithTags("Facts");
        facts.MapGet("/findings", async (ILicensingFacts store, CancellationToken cancel) => TypedResults.Ok(await store.ListFindingsAsync(cancel).ConfigureAwait(false)))
            .WithName("ListFindings").WithSummary("Capabilities found in models.");
        facts.MapPost("/findings", async (CapabilityFound body, HttpContext context, ILicensingFacts store, CancellationToken cancel) => AdminAnswer.Of(await store.RecordFindingAsync(AdminAuthentication.ActorOf(context), body.Name, body.Subject, cancel).ConfigureAwait(false)))
            .WithName("RecordFinding").WithSummary("Record that a capability was found.");
        facts.MapGet("/events", async (ILicensingFacts store, CancellationToken cancel) => TypedResults.Ok(await store.ListEventsAsync(cancel).ConfigureAwait(false)))
            .WithName("ListEvents").WithSummary("Events that licences depend on.");
        facts.MapPost("/events/{name}", async (string name, HttpContext context, ILicensingFacts store, CancellationToken cancel) => AdminAnswer.Of(await store.RecordEventAsync(AdminAuthentication.ActorOf(context), name, cancel).ConfigureAwait(false)))
            .WithName("RecordEvent").WithSummary("Record that something happened.");

        RouteGroupBuilder audit = admin.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("/", async (long? before, string? subject, int? limit, IAuditLog log, CancellationToken cancel) => TypedResults.Ok(await log.ListAsync(before, subject, Math.Clamp(limit ?? 100, 1, 1000), cancel).ConfigureAwait(false)))
            .WithName("ListAudit").WithSummary("Who changed what and when, newest first.");
        audit.MapPost("/verify", async (IAuditLog log, CancellationToken cancel) => TypedResults.Ok(new AuditVerdict(await log.VerifyAsync(cancel).ConfigureAwait(false))))
            .WithName("VerifyAudit").WithSummary("Check that no entry was changed, dropped or put in between.");
    }

    private static async Task<Ok<ModelPolicy>> SetOwnersAsync(string subject, IReadOnlyList<OwnershipShare> body, HttpContext context, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetOwnersAsync(AdminAuthentication.ActorOf(context), subject, body, cancel).ConfigureAwait(false));

    private static async Task<Ok<ModelPolicy>> SetStageAsync(string subject, StageSet body, HttpContext context, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetStageAsync(AdminAuthentication.ActorOf(context), subject, body.Stage, cancel).ConfigureAwait(false));

    private static async Task<Ok<ModelPolicy>> SetComputeAsync(string subject, ComputeSet body, HttpContext context, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetTrainingComputeAsync(AdminAuthentication.ActorOf(context), subject, body.Flop, cancel).ConfigureAwait(false));
}
