namespace Lazuli.Contracts;

/// <summary>Reads the ledger. Thread-safe.</summary>
public interface ILedger
{
    /// <summary>Balances of the accounts whose name begins so, by name; all for an empty prefix.</summary>
    Task<IReadOnlyList<LedgerBalance>> BalancesAsync(string accountPrefix, CancellationToken cancellationToken);

    /// <summary>Transfers of an account, newest first.</summary>
    /// <param name="account">Its name.</param>
    /// <param name="before">Only those with a smaller id; null from the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<IReadOnlyList<LedgerTransfer>> TransfersAsync(string account, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Rebuilds every balance from the transfers and names the first difference.</summary>
    Task<LedgerVerdict> VerifyAsync(CancellationToken cancellationToken);
}
