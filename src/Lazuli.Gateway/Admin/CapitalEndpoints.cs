using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Capital and margins. Both ends of a commitment read it; the installation keeps it.</summary>
internal static class CapitalEndpoints
{
    private const int MostDays = 3660;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder capital = admin.MapGroup("/capital").WithTags("Capital");
        capital.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListCapital").WithSummary("Commitments and where they stand.");
        capital.Post("/", (CapitalCommitment body, AdminCall call, ICapital store) => call.ChangeAsync("capital.commit", body.Id, body, change => store.CommitAsync(body, change)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("CommitCapital").WithSummary("Keep an investor's commitment.");
        capital.Post("/{id}/tranches/{tranche}/condition", (string id, int tranche, Because body, AdminCall call, ICapital store) =>
                call.ChangeAsync("capital.condition", id, new { tranche, body.Reason }, change => store.MeetConditionAsync(id, tranche, body.Reason, change)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("MeetCondition").WithSummary("Say what shows that a tranche's condition is met.");
        capital.Post("/{id}/tranches/{tranche}/draws", (string id, int tranche, Payment body, AdminCall call, ICapital store) =>
                call.ChangeAsync("capital.draw", id, new { tranche, body.Amount, body.Reference }, change => store.DrawAsync(id, tranche, body.Amount, body.Reference, change)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("DrawCapital").WithSummary("Draw from a tranche; the same reference twice is once.");
        capital.Post("/{party}/spending", (string party, Payment body, AdminCall call, ICapital store) =>
                call.ChangeAsync("capital.spend", $"party {party}", body, change => store.SpendAsync(new PartyId(party), body.Amount, body.Reference, change)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("SpendOnCompute").WithSummary("Book a cost of compute.");
        capital.Post("/{party}/returns", async (string party, CapitalReturn body, AdminCall call, ICapital store) => TypedResults.Ok(await call.ChangeAsync(
                "capital.return", $"party {party}", body, change => store.ReturnAsync(new PartyId(party), body.ResidualOwner, body.Amount, body.Reference, change)).ConfigureAwait(false)))
            .Needs(AdminRight.ChangeInstallationMoney).WithName("ReturnCapital").WithSummary("Return an amount to investors up to their caps, the rest to the residual owner.");
        capital.Get("/{party}/runway", RunwayAsync).Needs(AdminRight.Read).WithName("Runway").WithSummary("How long a party's means last at what it spent lately.");
        capital.Get("/{party}/margins", MarginsAsync).Needs(AdminRight.Read).WithName("Margins").WithSummary("Revenue less metered cost, by model, customer and grant.");
    }

    private static async Task<Ok<CapitalPosition[]>> ListAsync(string? receiver, AdminCall call, ICapital store, CancellationToken cancel)
    {
        IReadOnlyList<CapitalPosition> all = await store.PositionsAsync(receiver is null ? null : new PartyId(receiver), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(position => call.ActsFor(position.Commitment.Receiver, position.Commitment.Investor)).ToArray());
    }

    private static async Task<Ok<Runway>> RunwayAsync(string party, string currency, int? days, AdminCall call, ICapital store, CancellationToken cancel)
    {
        call.Require(new PartyId(party));
        return TypedResults.Ok(await store.RunwayAsync(new PartyId(party), new Currency(currency), Math.Clamp(days ?? 30, 1, MostDays), cancel).ConfigureAwait(false));
    }

    private static async Task<Ok<MarginReport>> MarginsAsync(string party, string currency, DateTimeOffset from, DateTimeOffset until, long costNanosPerDeviceSecond, AdminCall call, ICapital store, CancellationToken cancel)
    {
        call.Require(new PartyId(party));
        return TypedResults.Ok(await store.MarginsAsync(new PartyId(party), new Currency(currency), from, until, costNanosPerDeviceSecond, cancel).ConfigureAwait(false));
    }
}
