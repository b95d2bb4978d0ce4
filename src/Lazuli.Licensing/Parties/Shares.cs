using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What must hold of owners' shares.</summary>
internal static class Shares
{
    private const int MostOwners = 100;

    public static void Check(Change change, IReadOnlyList<OwnershipShare> owners)
    {
        change.Require(owners.Count is > 0 and <= MostOwners, LicensingRefusal.Invalid, $"There are 1 to {MostOwners} owners; got {owners.Count}.");
        change.Require(owners.All(owner => owner.BasisPoints is > 0 and <= OwnershipShare.Whole), LicensingRefusal.Invalid, "A share is 1 to 10,000 basis points.");
        long sum = owners.Sum(owner => (long)owner.BasisPoints);
        change.Require(sum == OwnershipShare.Whole, LicensingRefusal.Invalid, string.Create(CultureInfo.InvariantCulture, $"Shares add up to 10,000 basis points; got {sum:N0}."));
        change.Require(owners.DistinctBy(owner => owner.Party).Count() == owners.Count, LicensingRefusal.Invalid, "A party has one share; one is named twice.");
        foreach (OwnershipShare owner in owners)
        {
            change.Require(owner.Party != PartyId.Public, LicensingRefusal.Invalid, "The public owns nothing.");
            change.RequireOpenParty(owner.Party);
        }
    }
}
