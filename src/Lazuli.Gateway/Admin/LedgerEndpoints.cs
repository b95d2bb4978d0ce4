using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>The ledger, to be read and verified; a party reads the accounts that bear its name.</summary>
internal static class LedgerEndpoints
{
    private const int MostTransfers = 1000;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder ledger = admin.MapGroup("/ledger").WithTags("Ledger");
        ledger.Get("/balances", ListAsync).Needs(AdminRight.Read).WithName("ListBalances").WithSummary("Balances of the accounts whose name begins with a prefix.");
        ledger.Get("/transfers", ListTransfersAsync).Needs(AdminRight.Read).WithName("ListTransfers").WithSummary("Transfers of an account, newest first.");
        ledger.Post("/verify", async (ILedger books, CancellationToken cancel) => TypedResults.Ok(await books.VerifyAsync(cancel).ConfigureAwait(false)))
            .Needs(AdminRight.ReadInstallation).WithName("VerifyLedger").WithSummary("Rebuild every balance from the transfers and name the first difference.");
    }

    /// <summary>Whose an account is, by the forms of its name (<c>docs/reference/billing.md</c>): a party may bear a name that is a word of another's account.</summary>
    public static PartyId[] PartiesOf(string account) => account.Split(':') switch
    {
        ["customer", var customer, _, var seller] => [new PartyId(customer), new PartyId(seller)],
        ["capital" or "returns", var one, var other] => [new PartyId(one), new PartyId(other)],
        ["royalty" or "tax", var party, _] => [new PartyId(party)],
        [_, var party] => [new PartyId(party)],
        _ => [],
    };

    private static async Task<Ok<LedgerBalance[]>> ListAsync(string? prefix, AdminCall call, ILedger books, CancellationToken cancel)
    {
        IReadOnlyList<LedgerBalance> all = await books.BalancesAsync(prefix ?? "", cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(balance => call.ActsFor(PartiesOf(balance.Account))).ToArray());
    }

    private static async Task<Ok<IReadOnlyList<LedgerTransfer>>> ListTransfersAsync(string account, long? before, int? limit, AdminCall call, ILedger books, CancellationToken cancel) =>
        call.ActsFor(PartiesOf(account))
            ? TypedResults.Ok(await books.TransfersAsync(account, before, Math.Clamp(limit ?? 100, 1, MostTransfers), cancel).ConfigureAwait(false))
            : throw call.Refuse($"'{account}' is not an account of that party.");
}
