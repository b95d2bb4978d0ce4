using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>What stands on an account, as a transaction sees it.</summary>
internal static class AssetBalance
{
    /// <summary>Debits less credits of an asset, in nano-units; 0 where nothing was ever booked.</summary>
    public static long Of(DatabaseTransaction transaction, LedgerAccount account, Currency currency) =>
        transaction.Scalar<long>("SELECT debits - credits FROM balances WHERE account = @Name AND currency = @Code", new { account.Name, currency.Code });
}
