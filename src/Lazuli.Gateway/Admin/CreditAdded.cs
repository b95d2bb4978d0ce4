using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that adds prepaid credit.</summary>
/// <param name="Id">Makes asking twice the same as asking once.</param>
/// <param name="Amount">How much; negative takes some away.</param>
public sealed record CreditAdded(string Id, Money Amount);
