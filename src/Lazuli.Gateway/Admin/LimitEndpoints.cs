using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Limits and prepaid credit of keys, projects, parties and grants. A seller sets them for whom it sells to; whoever is limited may only tighten its own.</summary>
internal static class LimitEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder limits = admin.MapGroup("/limits").WithTags("Limits");
        limits.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListLimits").WithSummary("All accounts with limits, and how they stand.");
        limits.Get("/{kind}/{id}", FindAsync).Needs(AdminRight.Read).WithName("FindLimits").WithSummary("How one account stands.");
        limits.Put("/{kind}/{id}", SetAsync).Needs(AdminRight.SetLimits).WithName("SetLimits").WithSummary("Set limits in place of those before.");
        limits.Post("/{kind}/{id}/credit", AddCreditAsync).Needs(AdminRight.ChangeMoney).WithName("AddCredit").WithSummary("Add prepaid credit; the same id twice is once.");
    }

    private static async Task<Ok<AccountStanding[]>> ListAsync(AdminCall call, IAccountLimits accounts, LimitHolders holders, CancellationToken cancel)
    {
        IReadOnlyList<AccountStanding> all = await accounts.ListAsync(cancel).ConfigureAwait(false);
        Func<LimitSubject, IReadOnlyList<PartyId>> readers = await holders.ReaderAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(account => call.ActsFor([.. readers(account.Subject)])).ToArray());
    }

    private static async Task<Results<Ok<AccountStanding>, ProblemHttpResult>> FindAsync(string kind, string id, AdminCall call, IAccountLimits accounts, LimitHolders holders, CancellationToken cancel)
    {
        LimitSubject subject = Subject(kind, id);
        Func<LimitSubject, IReadOnlyList<PartyId>> readers = await holders.ReaderAsync(cancel).ConfigureAwait(false);
        return call.ActsFor([.. readers(subject)]) && await accounts.FindAsync(subject, cancel).ConfigureAwait(false) is { } standing
            ? TypedResults.Ok(standing)
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, "Not found", $"No limits were ever set for {subject}.");
    }

    private static Task<NoContent> SetAsync(string kind, string id, AccountLimits limits, AdminCall call, IAccountLimits accounts, LimitHolders holders, CancellationToken cancel)
    {
        LimitSubject subject = Subject(kind, id);
        return holders.ChangeAsync(() => SetCheckedAsync(subject, limits, call, accounts, holders, cancel), cancel);
    }

    private static async Task<NoContent> SetCheckedAsync(LimitSubject subject, AccountLimits limits, AdminCall call, IAccountLimits accounts, LimitHolders holders, CancellationToken cancel)
    {
        if (call.Party is { } own && !await holders.IsSellerAsync(own, subject, cancel).ConfigureAwait(false))
        {
            Func<LimitSubject, IReadOnlyList<PartyId>> readers = await holders.ReaderAsync(cancel).ConfigureAwait(false);
            if (subject.Kind == LimitSubjectKind.Grant || !readers(subject).Contains(own))
            {
                throw call.Refuse($"limits of the {subject} are for whoever sells to it to set.");
            }

            AccountLimits before = (await accounts.FindAsync(subject, cancel).ConfigureAwait(false))?.Limits ?? AccountLimits.None;
            if (!LimitRules.IsNoLooser(limits, before))
            {
                throw call.Refuse("it may tighten its own limits; to raise one, or to ask for credit, is for its seller or the installation.");
            }
        }

        return await call.ChangeAsync("limits.set", subject.ToString(), limits, change => accounts.SetAsync(subject, limits, change)).ConfigureAwait(false);
    }

    private static async Task<NoContent> AddCreditAsync(string kind, string id, CreditAdded credit, AdminCall call, IAccountLimits accounts, LimitHolders holders, CancellationToken cancel)
    {
        LimitSubject subject = Subject(kind, id);
        return call.Party is { } own && !await holders.IsSellerAsync(own, subject, cancel).ConfigureAwait(false)
            ? throw call.Refuse($"credit of the {subject} is for whoever sells to it to give.")
            : await call.ChangeAsync("limits.credit", subject.ToString(), credit, change => accounts.AddCreditAsync(subject, credit.Id, credit.Amount, change)).ConfigureAwait(false);
    }

    private static LimitSubject Subject(string kind, string id) => new(AdminName.Parse<LimitSubjectKind>("kind", kind), id);
}
