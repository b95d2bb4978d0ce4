using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Books returns, inside the caller's transaction.</summary>
internal static class CapitalReturns
{
    /// <summary>Divides an amount by the waterfall and books it; the same reference again answers what was booked.</summary>
    public static Distribution Book(DatabaseTransaction transaction, PartyId payer, PartyId residualOwner, Money amount, string reference, DateTimeOffset now)
    {
        IReadOnlyList<ReturnRow> before = transaction.Query<ReturnRow>(
            "SELECT commitment AS Commitment, receiver AS Receiver, currency AS Currency, nanos AS Nanos FROM capital_returns WHERE payer = @payer AND reference = @reference ORDER BY commitment",
            new { payer = payer.Value, reference });
        if (before.Count > 0)
        {
            return before.Sum(row => row.Nanos) == amount.Nanos && before[0].Currency == amount.Currency.Code
                ? new Distribution([.. before.Where(row => row.Commitment.Length > 0).Select(row => new DistributionPart(row.Commitment, new PartyId(row.Receiver), row.Nanos))], before.Single(row => row.Commitment.Length == 0).Nanos)
                : throw new BillingRefusedException(BillingRefusal.Conflict, $"The return {reference} of {payer} was booked with another amount.");
        }

        long cash = AssetBalance.Of(transaction, LedgerAccount.Cash(payer), amount.Currency);
        if (cash < amount.Nanos)
        {
            throw new BillingRefusedException(BillingRefusal.NotEnough, $"{payer} has {new Money(cash, amount.Currency)} in cash; {amount} cannot be returned.");
        }

        Distribution distribution = ReturnWaterfall.Divide([.. CapitalRows.Positions(transaction, payer).Where(position => position.Commitment.Currency == amount.Currency)], amount.Nanos);
        IEnumerable<(string Commitment, PartyId Receiver, long Nanos)> parts = distribution.Parts.Select(part => (part.Commitment, part.Investor, part.Nanos)).Append(("", residualOwner, distribution.ResidualNanos));
        int leg = 0;
        foreach ((string commitment, PartyId receiver, long nanos) in parts)
        {
            transaction.Execute(
                "INSERT INTO capital_returns (payer, reference, commitment, receiver, currency, nanos, at) VALUES (@payer, @reference, @commitment, @receiver, @currency, @nanos, @now)",
                new { payer = payer.Value, reference, commitment, receiver = receiver.Value, currency = amount.Currency.Code, nanos, now = StoredTime.Format(now) });
            if (nanos > 0)
            {
                LedgerWriter.Append(transaction, new Transfer(
                    LedgerAccount.Returns(payer, receiver), LedgerAccount.Cash(payer), nanos, amount.Currency, TransferKind.Return, $"return:{payer}:{reference}", leg++, now, reference));
            }
        }

        return distribution;
    }

    private sealed class ReturnRow
    {
        public string Commitment { get; init; } = "";

        public string Receiver { get; init; } = "";

        public string Currency { get; init; } = "";

        public long Nanos { get; init; }
    }
}
