using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Limits and prepaid credit of keys, projects, parties and grants.</summary>
internal static class LimitEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder limits = admin.MapGroup("/limits").WithTags("Limits");
        limits.MapGet("/", async (IAccountLimits accounts, CancellationToken cancel) => TypedResults.Ok(await accounts.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListLimits").WithSummary("All accounts with limits, and how they stand.");
        limits.MapGet("/{kind}/{id}", FindAsync).WithName("FindLimits").WithSummary("How one account stands.");
        limits.MapPut("/{kind}/{id}", SetAsync).WithName("SetLimits").WithSummary("Set limits in place of those before.");
        limits.MapPost("/{kind}/{id}/credit", AddCreditAsync).WithName("AddCredit").WithSummary("Add prepaid credit; the same id twice is once.");
    }

    private static async Task<Results<Ok<AccountStanding>, ProblemHttpResult>> FindAsync(string kind, string id, IAccountLimits accounts, CancellationToken cancel) =>
        await accounts.FindAsync(Subject(kind, id), cancel).ConfigureAwait(false) is { } standing
            ? TypedResults.Ok(standing)
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, "Not found", $"No limits were ever set for {Subject(kind, id)}.");

    private static async Task<NoContent> SetAsync(string kind, string id, AccountLimits limits, IAccountLimits accounts, CancellationToken cancel)
    {
        await accounts.SetAsync(Subject(kind, id), limits, cancel).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> AddCreditAsync(string kind, string id, CreditAdded credit, IAccountLimits accounts, CancellationToken cancel)
    {
        await accounts.AddCreditAsync(Subject(kind, id), credit.Id, credit.Amount, cancel).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static LimitSubject Subject(string kind, string id) => new(AdminName.Parse<LimitSubjectKind>("kind", kind), id);
}
