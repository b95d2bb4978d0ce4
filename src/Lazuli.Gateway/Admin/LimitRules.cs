using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Compares limits. Pure.</summary>
internal static class LimitRules
{
    /// <summary>Whether nothing that <paramref name="before"/> refuses is allowed by <paramref name="after"/>: whoever is limited may tighten, never loosen.</summary>
    public static bool IsNoLooser(AccountLimits after, AccountLimits before) =>
        NoHigher(after.RequestsPerMinute, before.RequestsPerMinute) &&
        NoHigher(after.TokensPerMinute, before.TokensPerMinute) &&
        NoHigher(after.RequestsPerDay, before.RequestsPerDay) &&
        NoHigher(after.TokensPerDay, before.TokensPerDay) &&
        NoHigher(after.Concurrency, before.Concurrency) &&
        NoLooser(after.SpendPerDay, before.SpendPerDay) &&
        NoLooser(after.SpendPerMonth, before.SpendPerMonth) &&
        after.PrepaidIn == before.PrepaidIn && after.PrepaidWith == before.PrepaidWith; // asking for credit is the seller's affair

    private static bool NoHigher(long? after, long? before) => before is not { } most || after <= most;

    private static bool NoLooser(SpendLimit? after, SpendLimit? before) =>
        before is null || (after is not null && after.Amount.Currency == before.Amount.Currency && after.Amount.Nanos <= before.Amount.Nanos && (after.IsHard || !before.IsHard));
}
