using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Owners, stages, holds and revocations of models; findings and events.</summary>
internal static class ModelPolicyEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder models = admin.MapGroup("/models").WithTags("Models");
        models.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListModelPolicies").WithSummary("What is said of models: owners, stage, holds, revocations.");
        models.Put("/{subject}/owners", SetOwnersAsync).Needs(AdminRight.AskLicensing).WithName("SetModelOwners").WithSummary("Say who owns a model, in shares.");
        models.Put("/{subject}/stage", SetStageAsync).Needs(AdminRight.AskLicensing).WithName("SetModelStage").WithSummary("Say how far a model is released.");
        models.Put("/{subject}/training-compute", SetComputeAsync).Needs(AdminRight.AskLicensing).WithName("SetTrainingCompute").WithSummary("Say how much compute a model's training took, FLOP.");
        models.Post("/hold", async (ModelsStopped body, AdminCall call, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.HoldAsync(call.Actor, body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("HoldModels").WithSummary("Put a safety hold on models; running answers end.");
        models.Post("/release", async (ModelsStopped body, AdminCall call, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.ReleaseAsync(call.Actor, body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("ReleaseModels").WithSummary("End a safety hold.");
        models.Post("/revoke", async (ModelsStopped body, AdminCall call, IModelPolicies store, CancellationToken cancel) => AdminAnswer.Of(await store.RevokeAsync(call.Actor, body.Subjects, body.Reason, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("RevokeModels").WithSummary("Take models back for good.");

        RouteGroupBuilder facts = admin.MapGroup("/facts").WithTags("Facts");
        facts.Get("/findings", ListFindingsAsync).Needs(AdminRight.Read).WithName("ListFindings").WithSummary("Capabilities found in models.");
        facts.Post("/findings", async (CapabilityFound body, AdminCall call, ILicensingFacts store, CancellationToken cancel) => AdminAnswer.Of(await store.RecordFindingAsync(call.Actor, body.Name, body.Subject, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("RecordFinding").WithSummary("Record that a capability was found.");
        facts.Get("/events", async (ILicensingFacts store, CancellationToken cancel) => TypedResults.Ok(await store.ListEventsAsync(cancel).ConfigureAwait(false)))
            .Needs(AdminRight.Read).WithName("ListEvents").WithSummary("Events that licences depend on.");
        facts.Post("/events/{name}", async (string name, AdminCall call, ILicensingFacts store, CancellationToken cancel) => AdminAnswer.Of(await store.RecordEventAsync(call.Actor, name, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("RecordEvent").WithSummary("Record that something happened.");
    }

    private static async Task<Ok<ModelPolicy[]>> ListAsync(AdminCall call, IModelPolicies store, ILicensingView licences, CancellationToken cancel)
    {
        IReadOnlyList<ModelPolicy> all = await store.ListAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(policy => call.ActsFor([.. OwnersOf(policy.Subject, all, licences)])).ToArray());
    }

    private static async Task<Ok<CapabilityFinding[]>> ListFindingsAsync(AdminCall call, ILicensingFacts facts, IModelPolicies store, ILicensingView licences, CancellationToken cancel)
    {
        IReadOnlyList<ModelPolicy> all = await store.ListAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<CapabilityFinding> findings = await facts.ListFindingsAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(findings.Where(finding => finding.Subject == GrantTerms.Any || call.ActsFor([.. OwnersOf(finding.Subject, all, licences)])).ToArray());
    }

    // Of a version whose owners are not said by itself nobody can tell here whose it is: the installation's people see it.
    private static IEnumerable<PartyId> OwnersOf(string subject, IReadOnlyList<ModelPolicy> all, ILicensingView licences) =>
        (subject.StartsWith("sha256:", StringComparison.Ordinal) ? all.FirstOrDefault(policy => policy.Subject == subject)?.Owners ?? [] : licences.OwnersOf(subject, "")).Select(owner => owner.Party);

    private static async Task<Ok<ModelPolicy>> SetOwnersAsync(string subject, IReadOnlyList<OwnershipShare> body, AdminCall call, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetOwnersAsync(call.Actor, subject, body, cancel).ConfigureAwait(false));

    private static async Task<Ok<ModelPolicy>> SetStageAsync(string subject, StageSet body, AdminCall call, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetStageAsync(call.Actor, subject, body.Stage, cancel).ConfigureAwait(false));

    private static async Task<Ok<ModelPolicy>> SetComputeAsync(string subject, ComputeSet body, AdminCall call, IModelPolicies store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetTrainingComputeAsync(call.Actor, subject, body.Flop, cancel).ConfigureAwait(false));
}
