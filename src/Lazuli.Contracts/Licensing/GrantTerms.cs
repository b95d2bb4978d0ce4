namespace Lazuli.Contracts;

/// <summary>What two parties agree: the clauses of a licence. The signed terms of a grant never change; other terms are another grant.</summary>
public sealed record GrantTerms
{
    /// <summary>In a list of models, fields or customer classes: all of them.</summary>
    public const string Any = "*";

    /// <summary>Models: <c>*</c> (all of the licensor's, or of its own licence), a name, an exact version <c>sha256:…</c>, or both as <c>name@sha256:…</c>.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Kinds of technology covered.</summary>
    public required AssetClasses Assets { get; init; }

    /// <summary>What the licensee may do.</summary>
    public required UseRight Rights { get; init; }

    /// <summary>Fields of use, e.g. <c>customer-support</c>; <c>*</c> for any.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [Any];

    /// <summary>When it begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it is over; null for no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What the licensor owes beside the licence.</summary>
    public Exclusivity Exclusivity { get; init; }

    /// <summary>Days that a first-offer notice to a preferred licensee must be old before somebody else is licensed in its field.</summary>
    public int NoticeDays { get; init; }

    /// <summary>Older grants that an exclusive one lets go on.</summary>
    public IReadOnlyList<GrantId> Excepted { get; init; } = [];

    /// <summary>Uses that are forbidden, by id; every licence below forbids them too.</summary>
    public IReadOnlyList<string> Restrictions { get; init; } = [];

    /// <summary>What must hold at the moment of use, here and below.</summary>
    public IReadOnlyList<GrantCondition> Conditions { get; init; } = [];

    /// <summary>Classes of customer that may use it, here and below; <c>*</c> for any.</summary>
    public IReadOnlyList<string> CustomerClasses { get; init; } = [Any];

    /// <summary>How many licences may hang below it, one under the other; 0 for none.</summary>
    public int SublicenseDepth { get; init; }

    /// <summary>Least share of revenue, in basis points, that a licence below must agree to pay.</summary>
    public int LeastRevenueShare { get; init; }

    /// <summary>What the licensee owes.</summary>
    public IReadOnlyList<GrantFee> Fees { get; init; } = [];
}
