using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that books a payment.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Reference">What the bank calls it; the same twice is once.</param>
public sealed record Payment(Money Amount, string Reference);
