namespace Lazuli.Contracts;

/// <summary>What something brought and cost.</summary>
/// <param name="Of">A model, a customer or a grant.</param>
/// <param name="RevenueNanos">Net amounts of invoice lines about use in the period, in nano-units.</param>
/// <param name="CostNanos">Device-seconds metered in the period at the cost of one, in nano-units.</param>
public sealed record MarginRow(string Of, long RevenueNanos, long CostNanos)
{
    /// <summary>Revenue less cost, in nano-units.</summary>
    public long MarginNanos => RevenueNanos - CostNanos;
}
