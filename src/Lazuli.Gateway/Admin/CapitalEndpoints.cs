using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Capital, credit, pledges, margins: the money that is not usage.</summary>
internal static class CapitalEndpoints
{
    private const int MostDays = 3660;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder capital = admin.MapGroup("/capital").WithTags("Capital");
        capital.MapGet("/", async (string? receiver, ICapital store, CancellationToken cancel) => TypedResults.Ok(await store.PositionsAsync(Party(receiver), cancel).ConfigureAwait(false)))
            .WithName("ListCapital").WithSummary("Commitments and where they stand.");
        capital.MapPost("/", async (CapitalCommitment body, ICapital store, CancellationToken cancel) => await DoneAsync(store.CommitAsync(body, cancel)).ConfigureAwait(false))
            .WithName("CommitCapital").WithSummary("Keep an investor's commitment.");
        capital.MapPost("/{id}/tranches/{tranche}/condition", async (string id, int tranche, Because body, ICapital store, CancellationToken cancel) => await DoneAsync(store.MeetConditionAsync(id, tranche, body.Reason, cancel)).ConfigureAwait(false))
            .WithName("MeetCondition").WithSummary("Say what shows that a tranche's condition is met.");
        capital.MapPost("/{id}/tranches/{tranche}/draws", async (string id, int tranche, Payment body, ICapital store, CancellationToken cancel) => await DoneAsync(store.DrawAsync(id, tranche, body.Amount, body.Reference, cancel)).ConfigureAwait(false))
            .WithName("DrawCapital").WithSummary("Draw from a tranche; the same reference twice is once.");
        capital.MapPost("/{party}/spending", async (string party, Payment body, ICapital store, CancellationToken cancel) => await DoneAsync(store.SpendAsync(new PartyId(party), body.Amount, body.Reference, cancel)).ConfigureAwait(false))
            .WithName("SpendOnCompute").WithSummary("Book a cost of compute.");
        capital.MapGet("/{party}/runway", async (string party, string currency, int? days, ICapital store, CancellationToken cancel) => TypedResults.Ok(await store.RunwayAsync(new PartyId(party), new Currency(currency), Math.Clamp(days ?? 30, 1, MostDays), cancel).ConfigureAwait(false)))
            .WithName("Runway").WithSummary("How long a party's means last at what it spent lately.");
        capital.MapPost("/{party}/returns", async (string party, CapitalReturn body, ICapital store, CancellationToken cancel) =>
                TypedResults.Ok(await store.ReturnAsync(new PartyId(party), body.ResidualOwner, body.Amount, body.Reference, cancel).ConfigureAwait(false)))
            .WithName("ReturnCapital").WithSummary("Return an amount to investors up to their caps, the rest to the residual owner.");
        capital.MapGet("/{party}/margins", async (string party, string currency, DateTimeOffset from, DateTimeOffset until, long costNanosPerDeviceSecond, ICapital store, CancellationToken cancel) =>
                TypedResults.Ok(await store.MarginsAsync(new PartyId(party), new Currency(currency), from, until, costNanosPerDeviceSecond, cancel).ConfigureAwait(false)))
            .WithName("Margins").WithSummary("Revenue less metered cost, by model, customer and grant.");

        RouteGroupBuilder credits = admin.MapGroup("/credits").WithTags("Credits");
        credits.MapGet("/", async (string? party, ICredits store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(Party(party), cancel).ConfigureAwait(false)))
            .WithName("ListCredits").WithSummary("Credit and what is left of it, in the order in which it is used.");
        credits.MapPost("/", async (CreditGrant body, ICredits store, CancellationToken cancel) => await DoneAsync(store.GrantAsync(body, cancel)).ConfigureAwait(false))
            .WithName("GrantCredit").WithSummary("Give credit; the same id twice is once.");

        RouteGroupBuilder benefits = admin.MapGroup("/benefits").WithTags("Benefits");
        benefits.MapGet("/pledges", async (IBenefits store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListPledges").WithSummary("Pledges to public-interest parties.");
        benefits.MapPost("/pledges", async (Pledge body, IBenefits store, CancellationToken cancel) => await DoneAsync(store.PledgeAsync(body, cancel)).ConfigureAwait(false))
            .WithName("Pledge").WithSummary("Pledge a share of revenue or compute.");
        benefits.MapPost("/pledges/{id}/allotments", async (string id, DateTimeOffset from, DateTimeOffset until, IBenefits store, CancellationToken cancel) => TypedResults.Ok(await store.AllotAsync(id, from, until, cancel).ConfigureAwait(false)))
            .WithName("AllotPledge").WithSummary("Give a period's share as expiring credit.");
        benefits.MapGet("/report", async (string currency, DateTimeOffset from, DateTimeOffset until, IBenefits store, CancellationToken cancel) => TypedResults.Ok(await store.ReportAsync(new Currency(currency), from, until, cancel).ConfigureAwait(false)))
            .WithName("BenefitReport").WithSummary("Who used how much, how concentrated, what was given away.");
    }

    private static PartyId? Party(string? id) => id is null ? null : new PartyId(id);

    private static async Task<Microsoft.AspNetCore.Http.HttpResults.NoContent> DoneAsync(Task work)
    {
        await work.ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
