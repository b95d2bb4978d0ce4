using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Licences through their life, and decisions explained. A party sees licences from it, to it and to everybody; what hangs above them reads "a licence above yours".</summary>
internal static class GrantEndpoints
{
    private static readonly GrantId s_above = new("a licence above yours");

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder grants = admin.MapGroup("/grants").WithTags("Grants");
        grants.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListGrants").WithSummary("Grants from or to a party, or all.");
        grants.Get("/{id}", FindAsync).Needs(AdminRight.Read).WithName("FindGrant").WithSummary("One grant.");
        grants.Post("/", (NewOffer body, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.OfferAsync(call.Actor, body.Licensor, body.Licensee, body.Parent, body.Terms, cancel)))
            .Needs(AdminRight.AskLicensing).WithName("OfferGrant").WithSummary("Offer a licence.");
        grants.Post("/{id}/notice", (string id, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.GiveNoticeAsync(call.Actor, new GrantId(id), cancel)))
            .Needs(AdminRight.AskLicensing).WithName("GiveNotice").WithSummary("Tell preferred licensees of an offer in their field.");
        grants.Post("/{id}/sign", (string id, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.SignAsync(call.Actor, new GrantId(id), cancel)))
            .Needs(AdminRight.AskLicensing).WithName("SignGrant").WithSummary("Sign an offer, which brings it into force.");
        grants.Post("/{id}/withdraw", (string id, Because body, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.WithdrawAsync(call.Actor, new GrantId(id), body.Reason, cancel)))
            .Needs(AdminRight.AskLicensing).WithName("WithdrawGrant").WithSummary("Take an offer back or decline it.");
        grants.Post("/{id}/suspend", (string id, Because body, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.SuspendAsync(call.Actor, new GrantId(id), body.Reason, cancel)))
            .Needs(AdminRight.AskLicensing).WithName("SuspendGrant").WithSummary("Stop a licence and all below it.");
        grants.Post("/{id}/resume", (string id, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.ResumeAsync(call.Actor, new GrantId(id), cancel)))
            .Needs(AdminRight.AskLicensing).WithName("ResumeGrant").WithSummary("Let a suspended licence go on.");
        grants.Post("/{id}/end", (string id, Because body, AdminCall call, IGrantStore store, CancellationToken cancel) => StepAsync(call, store.EndAsync(call.Actor, new GrantId(id), body.Reason, cancel)))
            .Needs(AdminRight.AskLicensing).WithName("EndGrant").WithSummary("End a licence for good.");

        admin.Post("/entitlements/decide", DecideAsync).Needs(AdminRight.Read).WithTags("Grants").WithName("DecideEntitlement").WithSummary("May this party do that with this model now?");
        admin.Post("/entitlements/explain", ExplainAsync).Needs(AdminRight.Read).WithTags("Grants").WithName("ExplainEntitlement").WithSummary("Why, link by link, as one reader may see it.");
    }

    private static async Task<Ok<Grant[]>> ListAsync(string? party, AdminCall call, IGrantStore store, CancellationToken cancel)
    {
        IReadOnlyList<Grant> all = await store.ListAsync(party is null ? null : new PartyId(party), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(grant => Sees(call, grant)).Select(grant => Shown(call, grant)).ToArray());
    }

    private static async Task<Ok<Grant>> FindAsync(string id, AdminCall call, IGrantStore store, CancellationToken cancel)
    {
        Grant? grant = await store.FindAsync(new GrantId(id), cancel).ConfigureAwait(false);
        return AdminAnswer.OrNotFound(grant is not null && Sees(call, grant) ? Shown(call, grant) : null, $"There is no grant '{id}'.");
    }

    private static async Task<Ok<EntitlementAnswer>> DecideAsync(EntitlementQuestion body, AdminCall call, IEntitlements entitlements, IGrantStore store, CancellationToken cancel)
    {
        await RequireAsksAboutAsync(body.Party, call, store, cancel).ConfigureAwait(false);
        var answer = EntitlementAnswer.Of(entitlements.Decide(body));
        if (call.Party is null)
        {
            return TypedResults.Ok(answer);
        }

        var chain = new List<GrantId>();
        foreach (GrantId link in answer.GrantChain)
        {
            chain.Add(await store.FindAsync(link, cancel).ConfigureAwait(false) is { } grant && Sees(call, grant) ? link : s_above);
        }

        return TypedResults.Ok(answer with { GrantChain = chain });
    }

    private static async Task<Ok<ExplanationText>> ExplainAsync(ExplanationWanted body, AdminCall call, IGrantExplainer explainer, IGrantStore store, CancellationToken cancel)
    {
        await RequireAsksAboutAsync(body.Question.Party, call, store, cancel).ConfigureAwait(false);
        GrantExplanation explanation = explainer.Explain(body.Question, call.Party ?? body.Viewer);
        return TypedResults.Ok(new ExplanationText(explanation, explainer.ToText(explanation)));
    }

    // Oneself and whom one licenses: the answer for others would tell what they may do.
    private static async Task RequireAsksAboutAsync(PartyId party, AdminCall call, IGrantStore store, CancellationToken cancel)
    {
        if (!call.ActsFor(party) && !(await store.ListAsync(call.Party, cancel).ConfigureAwait(false)).Any(grant => grant.Licensor == call.Party && grant.Licensee == party))
        {
            throw call.Refuse($"it does not license '{party}'.");
        }
    }

    private static bool Sees(AdminCall call, Grant grant) => call.ActsFor(grant.Licensor, grant.Licensee) || (grant.Licensee == PartyId.Public && grant.State == GrantState.Active);

    // The licensor's own licence and the notices that it gave are its own affair.
    private static Grant Shown(AdminCall call, Grant grant) =>
        call.ActsFor(grant.Licensor) ? grant : grant with { Parent = grant.Parent is null ? null : s_above, Notices = [] };

    private static async Task<Ok<Grant>> StepAsync(AdminCall call, Task<LicensingResult<Grant>> step) =>
        TypedResults.Ok(Shown(call, AdminAnswer.Of(await step.ConfigureAwait(false)).Value!));
}
