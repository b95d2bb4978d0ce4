namespace Lazuli.Contracts;

/// <summary>A party's part of a project or model.</summary>
/// <param name="Party">Whose.</param>
/// <param name="BasisPoints">Hundredths of a percent, 1 to 10,000; the shares of all owners add up to 10,000.</param>
public sealed record OwnershipShare(PartyId Party, int BasisPoints)
{
    /// <summary>The whole, in basis points.</summary>
    public const int Whole = 10_000;
}
