namespace Lazuli.Billing;

/// <summary>How a quantity becomes an amount.</summary>
internal enum PriceScheme
{
    /// <summary>Every unit at one price.</summary>
    PerUnit,

    /// <summary>Each slice of the quantity at its own tier's price.</summary>
    Graduated,

    /// <summary>The whole quantity at the price of the tier that it reaches; the amount may drop at a boundary.</summary>
    Volume,

    /// <summary>Packages of a size, begun ones counted.</summary>
    Package,
}
