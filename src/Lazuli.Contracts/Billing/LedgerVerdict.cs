namespace Lazuli.Contracts;

/// <summary>What rebuilding the balances showed.</summary>
/// <param name="Transfers">Transfers read.</param>
/// <param name="Accounts">Accounts compared.</param>
/// <param name="FirstDifference">The first account, by name and currency, whose stored balance is not what its transfers say, and how; null when all agree.</param>
public sealed record LedgerVerdict(long Transfers, long Accounts, string? FirstDifference)
{
    /// <summary>All agree.</summary>
    public bool Holds => FirstDifference is null;
}
