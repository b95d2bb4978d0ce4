using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The plans that are there before anybody published one, both at zero.</summary>
internal static class BuiltInPlans
{
    /// <summary>The owner's own use.</summary>
    public const string Internal = "internal@1";

    /// <summary>Keys for trying things out.</summary>
    public const string Sandbox = TokenPrices.SandboxVersion;

    /// <summary>Names that no published plan may take.</summary>
    public static bool IsReserved(string planName) => planName is "internal" or "sandbox";

    public static TokenPrices PricesOf(string priceVersion, PartyId party, Currency currency) => new(priceVersion, party, currency, 0, 0, 0);
}
