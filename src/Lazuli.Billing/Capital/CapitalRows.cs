using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Rows of capital, as positions.</summary>
internal static class CapitalRows
{
    /// <summary>Commitments to a party, or all for an empty name, in the order of their ids.</summary>
    public const string Commitments = "SELECT document AS Document FROM capital_commitments WHERE (@receiver = '' OR receiver = @receiver) ORDER BY id";

    /// <summary>What is drawn, met and returned, a row each.</summary>
    public const string Events = """
        SELECT commitment AS Commitment, tranche AS Tranche, 'drawn' AS What, CAST(sum(nanos) AS BIGINT) AS Nanos, '' AS Evidence FROM capital_draws GROUP BY commitment, tranche
        UNION ALL
        SELECT commitment, tranche, 'met', 0, evidence FROM capital_conditions
        UNION ALL
        SELECT commitment, 0, 'returned', CAST(sum(nanos) AS BIGINT), '' FROM capital_returns WHERE commitment <> '' GROUP BY commitment
        """;

    /// <summary>Puts rows together.</summary>
    public static IReadOnlyList<CapitalPosition> Positions(IReadOnlyList<string> documents, IReadOnlyList<EventRow> events) =>
        [.. documents.Select(MoneyJson.Parse<CapitalCommitment>).Select(commitment => new CapitalPosition(
            commitment,
            [.. commitment.Tranches.Select(tranche => new TrancheState(
                tranche,
                events.FirstOrDefault(row => row.Is(commitment.Id, tranche.Number, "met"))?.Evidence,
                events.FirstOrDefault(row => row.Is(commitment.Id, tranche.Number, "drawn"))?.Nanos ?? 0))],
            events.FirstOrDefault(row => row.Is(commitment.Id, 0, "returned"))?.Nanos ?? 0))];

    /// <summary>Positions as the transaction sees them.</summary>
    public static IReadOnlyList<CapitalPosition> Positions(DatabaseTransaction transaction, PartyId receiver) =>
        Positions(transaction.Query<string>(Commitments, new { receiver = receiver.Value }), transaction.Query<EventRow>(Events));

    /// <summary>The position of a commitment.</summary>
    /// <exception cref="BillingRefusedException">There is none.</exception>
    public static CapitalPosition Get(DatabaseTransaction transaction, string commitment)
    {
        IReadOnlyList<string> document = transaction.Query<string>("SELECT document AS Document FROM capital_commitments WHERE id = @commitment", new { commitment });
        return document.Count == 1
            ? Positions(document, transaction.Query<EventRow>(Events))[0]
            : throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no commitment {commitment}. `lazuli capital list` names them.");
    }

    /// <summary>A row of <see cref="Events"/>.</summary>
    internal sealed class EventRow
    {
        public string Commitment { get; init; } = "";

        public long Tranche { get; init; }

        public string What { get; init; } = "";

        public long Nanos { get; init; }

        public string Evidence { get; init; } = "";

        public bool Is(string commitment, int tranche, string what) => Commitment == commitment && Tranche == tranche && What == what;
    }
}
