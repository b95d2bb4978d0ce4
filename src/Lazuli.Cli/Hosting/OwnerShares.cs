using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Owners and their shares as people write and read them: <c>lab 62.5 %</c>.</summary>
internal static class OwnerShares
{
    /// <summary>All of them.</summary>
    public static string Text(IEnumerable<OwnershipShare> owners) =>
        string.Join(", ", owners.Select(owner => string.Create(CultureInfo.InvariantCulture, $"{owner.Party} {owner.BasisPoints / 100m:0.##} %")));

    /// <summary>One party, which owns all, or several as PARTY=PERCENT.</summary>
    /// <exception cref="CommandException">One is written otherwise.</exception>
    public static OwnershipShare[] Parse(string[] owners)
    {
        if (owners is [var only] && !only.Contains('=', StringComparison.Ordinal))
        {
            return [new OwnershipShare(new PartyId(only), OwnershipShare.Whole)];
        }

        return [.. owners.Select(owner =>
        {
            string[] parts = owner.Split('=');
            return parts.Length == 2 && decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent) && percent is > 0 and <= 100 && percent * 100 == decimal.Truncate(percent * 100)
                ? new OwnershipShare(new PartyId(parts[0]), (int)(percent * 100))
                : throw new CommandException($"--owner is '{owner}'; write PARTY=PERCENT with at most two decimals, such as lab=62.5.", ExitCode.Usage);
        })];
    }
}
