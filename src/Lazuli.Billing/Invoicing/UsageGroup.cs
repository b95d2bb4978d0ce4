using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What is rated together: tiers count the units of one group.</summary>
/// <param name="GrantChain">Grants, the owner's first, with a space between.</param>
/// <param name="PriceVersion">The price version.</param>
/// <param name="Model">The model.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="Batch">Whether at the batch discount.</param>
internal readonly record struct UsageGroup(string GrantChain, string PriceVersion, string Model, UsageMeter Meter, bool Batch) : IComparable<UsageGroup>
{
    /// <summary>The group of a metered sum.</summary>
    public static UsageGroup Of(MeteredQuantity quantity) => new(GrantChainText.Join(quantity.GrantChain), quantity.PriceVersion, quantity.Model, quantity.Meter, quantity.Batch);

    /// <summary>The group of a line about use.</summary>
    public static UsageGroup Of(InvoiceLine line) => new(GrantChainText.Join(line.GrantChain), line.PriceVersion, line.Model, line.Meter!.Value, line.Batch);

    public int CompareTo(UsageGroup other)
    {
        int order = string.CompareOrdinal(GrantChain, other.GrantChain);
        order = order != 0 ? order : string.CompareOrdinal(PriceVersion, other.PriceVersion);
        order = order != 0 ? order : string.CompareOrdinal(Model, other.Model);
        order = order != 0 ? order : Meter.CompareTo(other.Meter);
        return order != 0 ? order : Batch.CompareTo(other.Batch);
    }
}
