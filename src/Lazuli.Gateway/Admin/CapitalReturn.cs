using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that returns capital.</summary>
/// <param name="Amount">How much, from the payer's cash.</param>
/// <param name="ResidualOwner">The nonprofit that owns what is above all caps.</param>
/// <param name="Reference">Names this return for ever; the same twice is once.</param>
public sealed record CapitalReturn(Money Amount, PartyId ResidualOwner, string Reference);
