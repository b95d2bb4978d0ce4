namespace Lazuli.Contracts;

/// <summary>Where credit comes from.</summary>
public enum CreditKind
{
    /// <summary>Bought.</summary>
    Paid,

    /// <summary>Given by the seller.</summary>
    Promotional,

    /// <summary>Given from a pledge, to a public-interest party.</summary>
    Pledged,
}
