using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The transfers of an invoice's life. Pure.</summary>
internal static class InvoiceBooks
{
    /// <summary>Issuing: what was accrued becomes receivable, with what tiers, fees and rounding add or take, taxes, and royalties in both parties' books.</summary>
    public static Transfer[] Issue(InvoiceId id, InvoiceDocument document, IEnumerable<RoyaltyShare> royalties, DateTimeOffset at)
    {
        var legs = new Legs($"invoice:{id}", document, at);
        LedgerAccount accruedAccount = LedgerAccount.Accrued(document.Customer.Id, document.Issuer.Id);
        LedgerAccount receivable = LedgerAccount.Receivable(document.Customer.Id, document.Issuer.Id);
        LedgerAccount earnings = LedgerAccount.Earnings(document.Issuer.Id);

        // Credit lines are what credit paid off the accrual already.
        long accrued = document.Lines.Aggregate(0L, (sum, line) => checked(sum + (line.Kind == InvoiceLineKind.Credit ? line.ExactNanos : line.AccruedNanos)));
        legs.Add(TransferKind.Invoice, receivable, accruedAccount, accrued);
        legs.Add(TransferKind.InvoiceAdjustment, receivable, earnings, checked(document.NetNanos - accrued));
        foreach (InvoiceTax tax in document.Taxes)
        {
            legs.Add(TransferKind.Tax, receivable, LedgerAccount.TaxPayable(document.Issuer.Id), tax.Nanos);
        }

        foreach (RoyaltyShare share in royalties)
        {
            legs.AddRoyalty(share.Link.Licensor, share.Link.Licensee, share.Nanos);
        }

        return legs.ToArray();
    }

    /// <summary>A payment, or money given back when it is below zero.</summary>
    public static Transfer[] Pay(InvoiceId id, InvoiceDocument document, long nanos, string reference, DateTimeOffset at)
    {
        var legs = new Legs($"payment:{id}:{reference}", document, at);
        legs.Add(TransferKind.Payment, LedgerAccount.Cash(document.Issuer.Id), LedgerAccount.Receivable(document.Customer.Id, document.Issuer.Id), nanos);
        return legs.ToArray();
    }

    /// <summary>Giving up what is open.</summary>
    public static Transfer[] WriteOff(InvoiceId id, InvoiceDocument document, long openNanos, DateTimeOffset at)
    {
        var legs = new Legs($"write-off:{id}", document, at);
        legs.Add(TransferKind.WriteOff, LedgerAccount.WrittenOff(document.Issuer.Id), LedgerAccount.Receivable(document.Customer.Id, document.Issuer.Id), openNanos);
        return legs.ToArray();
    }

    /// <summary>A credit note takes an invoice back: every transfer of issuing, the other way.</summary>
    public static Transfer[] Reverse(InvoiceId creditNote, IEnumerable<Transfer> issued, string reference, DateTimeOffset at) =>
        [.. issued.Select(transfer => transfer with { Debit = transfer.Credit, Credit = transfer.Debit, Key = $"invoice:{creditNote}", Kind = TransferKind.CreditNote, Reference = reference, At = at })];

    /// <summary>Fixed fees of a royalty statement.</summary>
    public static Transfer[] FixedRoyalty(RoyaltyStatement statement)
    {
        var legs = new Legs($"royalty:{statement.Number}", statement.Currency, statement.Number, statement.IssuedAt);
        legs.AddRoyalty(statement.Licensor, statement.Licensee, statement.FixedNanos);
        return legs.ToArray();
    }

    /// <summary>Legs under one key; an amount below zero goes the other way, zero not at all.</summary>
    private sealed class Legs(string key, Currency currency, string reference, DateTimeOffset at)
    {
        private readonly List<Transfer> _transfers = [];

        public Legs(string key, InvoiceDocument document, DateTimeOffset at)
            : this(key, document.Currency, document.Number, at)
        {
        }

        public void Add(TransferKind kind, LedgerAccount debit, LedgerAccount credit, long nanos)
        {
            if (nanos != 0)
            {
                (LedgerAccount to, LedgerAccount from) = nanos > 0 ? (debit, credit) : (credit, debit);
                _transfers.Add(new Transfer(to, from, Math.Abs(nanos), currency, kind, key, _transfers.Count, at, reference));
            }
        }

        public void AddRoyalty(PartyId licensor, PartyId licensee, long nanos)
        {
            Add(TransferKind.Royalty, LedgerAccount.RoyaltyExpense(licensee), LedgerAccount.RoyaltyPayable(licensee), nanos);
            Add(TransferKind.Royalty, LedgerAccount.RoyaltyReceivable(licensor), LedgerAccount.Earnings(licensor), nanos);
        }

        public Transfer[] ToArray() => [.. _transfers];
    }
}
