using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An account of the ledger; its kind follows from its name. Made by the factories only, so that no name is spelled twice.</summary>
/// <remarks>All parties' books lie in one ledger, each account in its party's: a royalty is two transfers, one in either's books.</remarks>
internal readonly record struct LedgerAccount
{
    private LedgerAccount(string name, AccountKind kind)
    {
        Name = name;
        Kind = kind;
    }

    /// <summary>Family, party and part, with colons: <c>customer:acme:receivable:partner</c> is what acme owes partner.</summary>
    public string Name { get; }

    /// <summary>What it stands for.</summary>
    public AccountKind Kind { get; }

    /// <summary>Used but not yet invoiced.</summary>
    public static LedgerAccount Accrued(PartyId customer, PartyId seller) => new($"customer:{customer}:accrued:{seller}", AccountKind.Asset);

    /// <summary>Invoiced and not yet paid.</summary>
    public static LedgerAccount Receivable(PartyId customer, PartyId seller) => new($"customer:{customer}:receivable:{seller}", AccountKind.Asset);

    /// <summary>Credit that a customer holds: prepaid, promotional or pledged.</summary>
    public static LedgerAccount Prepaid(PartyId customer, PartyId seller) => new($"customer:{customer}:prepaid:{seller}", AccountKind.Liability);

    /// <summary>What a seller earned.</summary>
    public static LedgerAccount Earnings(PartyId seller) => new($"earnings:{seller}", AccountKind.Income);

    /// <summary>Royalties that a licensee owes.</summary>
    public static LedgerAccount RoyaltyPayable(PartyId licensee) => new($"royalty:{licensee}:payable", AccountKind.Liability);

    /// <summary>Royalties owed to a licensor.</summary>
    public static LedgerAccount RoyaltyReceivable(PartyId licensor) => new($"royalty:{licensor}:receivable", AccountKind.Asset);

    /// <summary>Royalties as a licensee's cost.</summary>
    public static LedgerAccount RoyaltyExpense(PartyId licensee) => new($"royalty:{licensee}:expense", AccountKind.Expense);

    /// <summary>Credit that expired unused: income of who granted it.</summary>
    public static LedgerAccount Breakage(PartyId seller) => new($"breakage:{seller}", AccountKind.Income);

    /// <summary>Credit given away: promotional and pledged.</summary>
    public static LedgerAccount CreditGiven(PartyId seller) => new($"credit-given:{seller}", AccountKind.Expense);

    /// <summary>Money in the bank.</summary>
    public static LedgerAccount Cash(PartyId party) => new($"cash:{party}", AccountKind.Asset);

    /// <summary>Compute that an investor or provider committed and that is not used up.</summary>
    public static LedgerAccount ComputeCredit(PartyId party) => new($"compute-credit:{party}", AccountKind.Asset);

    /// <summary>Cost of compute.</summary>
    public static LedgerAccount ComputeCost(PartyId party) => new($"compute-cost:{party}", AccountKind.Expense);

    /// <summary>Capital that an investor put into a party.</summary>
    public static LedgerAccount Capital(PartyId receiver, PartyId investor) => new($"capital:{receiver}:{investor}", AccountKind.Equity);

    /// <summary>Returns paid to a party: an investor, or the owner of the residual.</summary>
    public static LedgerAccount Returns(PartyId payer, PartyId receiver) => new($"returns:{payer}:{receiver}", AccountKind.Equity);

    /// <summary>Tax invoiced and owed to the state.</summary>
    public static LedgerAccount TaxPayable(PartyId seller) => new($"tax:{seller}:payable", AccountKind.Liability);

    /// <summary>Invoices given up.</summary>
    public static LedgerAccount WrittenOff(PartyId seller) => new($"written-off:{seller}", AccountKind.Expense);

    /// <summary>The account of a stored name.</summary>
    /// <exception cref="FormatException">No factory makes such a name.</exception>
    public static LedgerAccount Parse(string name)
    {
        string[] parts = name.Split(':');
        PartyId party = new(parts.Length > 1 ? parts[1] : "");
        PartyId other = new(parts.Length > 2 ? parts[2] : "");
        LedgerAccount account = parts switch
        {
            ["customer", _, "accrued", var seller] => Accrued(party, new PartyId(seller)),
            ["customer", _, "receivable", var seller] => Receivable(party, new PartyId(seller)),
            ["customer", _, "prepaid", var seller] => Prepaid(party, new PartyId(seller)),
            ["earnings", _] => Earnings(party),
            ["royalty", _, "payable"] => RoyaltyPayable(party),
            ["royalty", _, "receivable"] => RoyaltyReceivable(party),
            ["royalty", _, "expense"] => RoyaltyExpense(party),
            ["breakage", _] => Breakage(party),
            ["credit-given", _] => CreditGiven(party),
            ["cash", _] => Cash(party),
            ["compute-credit", _] => ComputeCredit(party),
            ["compute-cost", _] => ComputeCost(party),
            ["capital", _, _] => Capital(party, other),
            ["returns", _, _] => Returns(party, other),
            ["tax", _, "payable"] => TaxPayable(party),
            ["written-off", _] => WrittenOff(party),
            _ => default,
        };
        return account.Name == name ? account : throw new FormatException($"'{name}' is no account of this ledger.");
    }

    public override string ToString() => Name ?? "(no account)";
}
