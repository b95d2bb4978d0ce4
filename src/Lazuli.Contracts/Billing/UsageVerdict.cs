namespace Lazuli.Contracts;

/// <summary>What checking a usage proof showed.</summary>
/// <param name="Fault">What is wrong and where; null when all holds.</param>
/// <param name="Intervals">Intervals checked.</param>
/// <param name="Events">Events of the party in the period.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="Charges">Their charges, a sum a currency.</param>
public sealed record UsageVerdict(string? Fault, int Intervals, int Events, ChargedTokens Tokens, IReadOnlyList<Money> Charges)
{
    /// <summary>All holds: these are the party's events under the log, all of them and no others.</summary>
    public bool Holds => Fault is null;
}
