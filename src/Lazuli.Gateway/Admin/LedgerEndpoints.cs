using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>The ledger, to be read and verified.</summary>
internal static class LedgerEndpoints
{
    private const int MostTransfers = 1000;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder ledger = admin.MapGroup("/ledger").WithTags("Ledger");
        ledger.MapGet("/balances", async (string? prefix, ILedger books, CancellationToken cancel) => TypedResults.Ok(await books.BalancesAsync(prefix ?? "", cancel).ConfigureAwait(false)))
            .WithName("ListBalances").WithSummary("Balances of the accounts whose name begins with a prefix.");
        ledger.MapGet("/transfers", async (string account, long? before, int? limit, ILedger books, CancellationToken cancel) =>
                TypedResults.Ok(await books.TransfersAsync(account, before, Math.Clamp(limit ?? 100, 1, MostTransfers), cancel).ConfigureAwait(false)))
            .WithName("ListTransfers").WithSummary("Transfers of an account, newest first.");
        ledger.MapPost("/verify", async (ILedger books, CancellationToken cancel) => TypedResults.Ok(await books.VerifyAsync(cancel).ConfigureAwait(false)))
            .WithName("VerifyLedger").WithSummary("Rebuild every balance from the transfers and name the first difference.");
    }
}
