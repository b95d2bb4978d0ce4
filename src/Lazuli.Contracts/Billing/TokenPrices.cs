namespace Lazuli.Contracts;

/// <summary>Plain prices that requests are charged at; where a plan has tiers, the first tier's, and the invoice settles the rest.</summary>
/// <param name="PriceVersion">Which version of which plan, e.g. <c>standard@3</c>.</param>
/// <param name="Seller">Whose price that is and whose earnings.</param>
/// <param name="Currency">Of what.</param>
/// <param name="InputNanos">Nano-units a prompt token that was not in the cache.</param>
/// <param name="CachedInputNanos">Nano-units a prompt token that was.</param>
/// <param name="OutputNanos">Nano-units a generated token.</param>
public sealed record TokenPrices(string PriceVersion, PartyId Seller, Currency Currency, long InputNanos, long CachedInputNanos, long OutputNanos)
{
    /// <summary>Version of the built-in plan of sandbox keys, at zero.</summary>
    public const string SandboxVersion = "sandbox@1";

    /// <summary>Whether nothing is charged.</summary>
    public bool AreZero => (InputNanos, CachedInputNanos, OutputNanos) == (0, 0, 0);
}
