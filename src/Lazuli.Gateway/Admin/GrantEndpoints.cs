using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Licences through their life, and decisions explained.</summary>
internal static class GrantEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder grants = admin.MapGroup("/grants").WithTags("Grants");
        grants.MapGet("/", async (string? party, IGrantStore store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(party is null ? null : new PartyId(party), cancel).ConfigureAwait(false)))
            .WithName("ListGrants").WithSummary("Grants from or to a party, or all.");
        grants.MapGet("/{id}", async (string id, IGrantStore store, CancellationToken cancel) => AdminAnswer.OrNotFound(await store.FindAsync(new GrantId(id), cancel).ConfigureAwait(false), $"There is no grant '{id}'."))
            .WithName("FindGrant").WithSummary("One grant.");
        grants.MapPost("/", OfferAsync).WithName("OfferGrant").WithSummary("Offer a licence.");
        grants.MapPost("/{id}/notice", (string id, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.GiveNoticeAsync(AdminAuthentication.ActorOf(context), new GrantId(id), cancel)))
            .WithName("GiveNotice").WithSummary("Tell preferred licensees of an offer in their field.");
        grants.MapPost("/{id}/sign", (string id, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.SignAsync(AdminAuthentication.ActorOf(context), new GrantId(id), cancel)))
            .WithName("SignGrant").WithSummary("Sign an offer, which brings it into force.");
        grants.MapPost("/{id}/withdraw", (string id, Because body, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.WithdrawAsync(AdminAuthentication.ActorOf(context), new GrantId(id), body.Reason, cancel)))
            .WithName("WithdrawGrant").WithSummary("Take an offer back or decline it.");
        grants.MapPost("/{id}/suspend", (string id, Because body, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.SuspendAsync(AdminAuthentication.ActorOf(context), new GrantId(id), body.Reason, cancel)))
            .WithName("SuspendGrant").WithSummary("Stop a licence and all below it.");
        grants.MapPost("/{id}/resume", (string id, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.ResumeAsync(AdminAuthentication.ActorOf(context), new GrantId(id), cancel)))
            .WithName("ResumeGrant").WithSummary("Let a suspended licence go on.");
        grants.MapPost("/{id}/end", (string id, Because body, HttpContext context, IGrantStore store, CancellationToken cancel) => StepAsync(store.EndAsync(AdminAuthentication.ActorOf(context), new GrantId(id), body.Reason, cancel)))
            .WithName("EndGrant").WithSummary("End a licence for good.");
        admin.MapPost("/entitlements/decide", (EntitlementQuestion body, IEntitlements entitlements) => TypedResults.Ok(EntitlementAnswer.Of(entitlements.Decide(body))))
            .WithTags("Grants").WithName("DecideEntitlement").WithSummary("May this party do that with this model now?");
        admin.MapPost("/entitlements/explain", (ExplanationWanted body, IGrantExplainer explainer) =>
            {
                GrantExplanation explanation = explainer.Explain(body.Question, body.Viewer);
                return TypedResults.Ok(new ExplanationText(explanation, explainer.ToText(explanation)));
            })
            .WithTags("Grants").WithName("ExplainEntitlement").WithSummary("Why, link by link, as one reader may see it.");
    }

    private static async Task<Ok<Grant>> OfferAsync(NewOffer body, HttpContext context, IGrantStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.OfferAsync(AdminAuthentication.ActorOf(context), body.Licensor, body.Licensee, body.Parent, body.Terms, cancel).ConfigureAwait(false));

    private static async Task<Ok<Grant>> StepAsync(Task<LicensingResult<Grant>> step) => AdminAnswer.Of(await step.ConfigureAwait(false));
}
