namespace Lazuli.Contracts;

/// <summary>Margins of a seller in a period.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="ByModel">A row a model.</param>
/// <param name="ByCustomer">A row a customer.</param>
/// <param name="ByGrant">A row a customer's grant.</param>
/// <param name="Definition">What margin is, in words.</param>
public sealed record MarginReport(Currency Currency, IReadOnlyList<MarginRow> ByModel, IReadOnlyList<MarginRow> ByCustomer, IReadOnlyList<MarginRow> ByGrant, string Definition);
