using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>What a licensee owes its licensor.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Fixed), "fixed")]
[JsonDerivedType(typeof(PerToken), "perToken")]
[JsonDerivedType(typeof(RevenueShare), "revenueShare")]
public abstract record GrantFee
{
    private GrantFee()
    {
    }

    /// <summary>An amount each month.</summary>
    /// <param name="NanosPerMonth">Nano-units of <paramref name="Currency"/>, above zero.</param>
    /// <param name="Currency">ISO 4217.</param>
    public sealed record Fixed(long NanosPerMonth, string Currency) : GrantFee;

    /// <summary>Tokens at the prices of a plan.</summary>
    /// <param name="Plan">The price plan's id.</param>
    public sealed record PerToken(string Plan) : GrantFee;

    /// <summary>A part of what the licensee earns with it.</summary>
    /// <param name="BasisPoints">Hundredths of a percent, 1 to 10,000.</param>
    public sealed record RevenueShare(int BasisPoints) : GrantFee;
}
