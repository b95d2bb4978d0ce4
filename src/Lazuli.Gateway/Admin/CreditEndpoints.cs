using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Credit and pledges: given by the seller whose prices they pay, seen by both ends.</summary>
internal static class CreditEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder credits = admin.MapGroup("/credits").WithTags("Credits");
        credits.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListCredits").WithSummary("Credit and what is left of it, in the order in which it is used.");
        credits.Post("/", GiveAsync).Needs(AdminRight.ChangeMoney).WithName("GrantCredit").WithSummary("Give credit; the same id twice is once.");

        RouteGroupBuilder benefits = admin.MapGroup("/benefits").WithTags("Benefits");
        benefits.Get("/pledges", ListPledgesAsync).Needs(AdminRight.Read).WithName("ListPledges").WithSummary("Pledges to public-interest parties.");
        benefits.Post("/pledges", PledgeAsync).Needs(AdminRight.ChangeMoney).WithName("Pledge").WithSummary("Pledge a share of revenue or compute.");
        benefits.Post("/pledges/{id}/allotments", AllotAsync).Needs(AdminRight.ChangeMoney).WithName("AllotPledge").WithSummary("Give a period's share as expiring credit.");
        benefits.Get("/report", async (string currency, DateTimeOffset from, DateTimeOffset until, IBenefits store, CancellationToken cancel) => TypedResults.Ok(await store.ReportAsync(new Currency(currency), from, until, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.ReadInstallation).WithName("BenefitReport").WithSummary("Who used how much, how concentrated, what was given away.");
    }

    private static async Task<Ok<CreditBalance[]>> ListAsync(string? party, AdminCall call, ICredits store, CancellationToken cancel)
    {
        IReadOnlyList<CreditBalance> all = await store.ListAsync(party is null ? null : new PartyId(party), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(credit => call.ActsFor(credit.Grant.Party, credit.Grant.Issuer)).ToArray());
    }

    private static async Task<NoContent> GiveAsync(CreditGrant body, AdminCall call, ICredits store)
    {
        call.Require(body.Issuer);
        return call.Party == body.Party
            ? throw call.Refuse("nobody gives credit to itself.")
            : await call.ChangeAsync("credit.give", $"party {body.Party}", body, change => store.GrantAsync(body, change)).ConfigureAwait(false);
    }

    private static async Task<Ok<Pledge[]>> ListPledgesAsync(AdminCall call, IBenefits store, CancellationToken cancel)
    {
        IReadOnlyList<Pledge> all = await store.ListAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(pledge => call.ActsFor([pledge.Pledger, pledge.Seller, .. pledge.Receivers.Select(receiver => receiver.Party)])).ToArray());
    }

    // Pledged credit pays the seller's prices, so who pledges must be the seller too, unless the installation arranges it.
    private static Task<NoContent> PledgeAsync(Pledge body, AdminCall call, IBenefits store)
    {
        call.Require(body.Pledger);
        call.Require(body.Seller);
        return body.Receivers.Any(receiver => receiver.Party == call.Party)
            ? throw call.Refuse("nobody pledges to itself.")
            : call.ChangeAsync("pledge.make", body.Id, body, change => store.PledgeAsync(body, change));
    }

    private static async Task<Ok<IReadOnlyList<CreditGrant>>> AllotAsync(string id, DateTimeOffset from, DateTimeOffset until, AdminCall call, IBenefits store, CancellationToken cancel)
    {
        if (call.Party is { } own && !(await store.ListAsync(cancel).ConfigureAwait(false)).Any(pledge => pledge.Id == id && pledge.Pledger == own && pledge.Seller == own))
        {
            throw call.Refuse($"'{id}' is none of its pledges.");
        }

        return TypedResults.Ok(await call.ChangeAsync("pledge.allot", id, new { from, until }, change => store.AllotAsync(id, from, until, change)).ConfigureAwait(false));
    }
}
