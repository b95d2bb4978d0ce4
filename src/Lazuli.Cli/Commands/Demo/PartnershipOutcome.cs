using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>What the partnership's demonstration came to.</summary>
/// <param name="Invoice">The customer's.</param>
/// <param name="PartnerStatement">What the partner owes the commercialiser.</param>
/// <param name="CommercialiserStatement">What the commercialiser owes the lab.</param>
/// <param name="LabIncome">What stands on the lab's earnings.</param>
/// <param name="Ledger">Whether the ledger holds.</param>
/// <param name="Usage">What the customer's check of its use showed.</param>
/// <param name="Calls">The calls that were answered.</param>
/// <param name="StreamEndedAfter">From the hold to the end of the running stream.</param>
internal sealed record PartnershipOutcome(
    Invoice Invoice,
    RoyaltyStatement PartnerStatement,
    RoyaltyStatement CommercialiserStatement,
    Money LabIncome,
    LedgerVerdict Ledger,
    UsageVerdict Usage,
    IReadOnlyList<DemoCall> Calls,
    TimeSpan StreamEndedAfter)
{
    /// <summary>The longest that a running stream may outlive a hold.</summary>
    private static readonly TimeSpan s_mostAfterHold = TimeSpan.FromSeconds(5);

    /// <summary>Whether every check of the story came out as it must.</summary>
    public bool Agrees => Ledger.Holds && Usage.Holds && StreamEndedAfter < s_mostAfterHold && LabIncome.Nanos == CommercialiserStatement.TotalNanos && Invoice.Document.TotalNanos > PartnerStatement.TotalNanos && PartnerStatement.TotalNanos > CommercialiserStatement.TotalNanos;
}
