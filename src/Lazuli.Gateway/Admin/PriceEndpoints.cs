using System.Security.Cryptography;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Price plans and whom they hold for: a party sees and changes what it sells, and sees what it pays by.</summary>
internal static class PriceEndpoints
{
    private const int MaxPlanBytes = 1 << 20;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder prices = admin.MapGroup("/prices").WithTags("Prices");
        prices.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListPrices").WithSummary("All versions of the plans that one sells or pays by.");
        prices.Post("/", PublishAsync).Needs(AdminRight.ChangeMoney).WithName("PublishPrices").WithSummary("Publish the next version of a plan; the body is the plan.").WithMetadata(new AcceptsMetadata(["application/json"], typeof(object)));
        prices.Get("/assignments", ListAssignmentsAsync).Needs(AdminRight.Read).WithName("ListPriceAssignments").WithSummary("For whom which version holds, and from when.");
        prices.Post("/assignments", AssignAsync).Needs(AdminRight.ChangeMoney).WithName("AssignPrices").WithSummary("Put a version into force.");
    }

    private static async Task<Ok<PriceVersion[]>> ListAsync(AdminCall call, IPrices book, ILicensingView licences, CancellationToken cancel)
    {
        IReadOnlyList<PriceVersion> versions = await book.ListAsync(cancel).ConfigureAwait(false);
        if (call.Party is not { } own)
        {
            return TypedResults.Ok(versions.ToArray());
        }

        Dictionary<string, PartyId> sellers = SellersOf(versions);
        HashSet<string> paidBy = (await book.AssignmentsAsync(cancel).ConfigureAwait(false)).Where(a => Concerns(a, own, sellers, licences)).Select(a => a.PriceVersion).ToHashSet(StringComparer.Ordinal);
        return TypedResults.Ok(versions.Where(version => version.Seller == own || paidBy.Contains(version.Name)).ToArray());
    }

    private static async Task<Ok<PriceAssignment[]>> ListAssignmentsAsync(AdminCall call, IPrices book, ILicensingView licences, CancellationToken cancel)
    {
        IReadOnlyList<PriceAssignment> all = await book.AssignmentsAsync(cancel).ConfigureAwait(false);
        if (call.Party is not { } own)
        {
            return TypedResults.Ok(all.ToArray());
        }

        Dictionary<string, PartyId> sellers = SellersOf(await book.ListAsync(cancel).ConfigureAwait(false));
        return TypedResults.Ok(all.Where(assignment => Concerns(assignment, own, sellers, licences)).ToArray());
    }

    // One's own plans, and what holds for oneself: by name, by one's licence, or for everybody.
    private static bool Concerns(PriceAssignment assignment, PartyId own, Dictionary<string, PartyId> sellers, ILicensingView licences) =>
        (sellers.TryGetValue(assignment.PriceVersion, out PartyId seller) && seller == own) ||
        ((assignment.Party is not { } payer || payer == own) &&
         (assignment.Grant is not { } grant || (licences.FindGrant(grant) is { } licence && (licence.Licensee == own || licence.Licensee == PartyId.Public))));

    private static Dictionary<string, PartyId> SellersOf(IReadOnlyList<PriceVersion> versions) => versions.ToDictionary(version => version.Name, version => version.Seller, StringComparer.Ordinal);

    private static async Task<Ok<PriceVersion>> PublishAsync(string seller, HttpRequest request, AdminCall call, IPrices book, CancellationToken cancel)
    {
        var party = new PartyId(seller);
        call.Require(party);
        if (request.ContentLength is null or > MaxPlanBytes)
        {
            throw new AdminRefusedException(StatusCodes.Status413PayloadTooLarge, "The plan is too large", $"A plan has at most {MaxPlanBytes} bytes, and its length is told in Content-Length.");
        }

        byte[] document = new byte[(int)request.ContentLength];
        await request.Body.ReadExactlyAsync(document, cancel).ConfigureAwait(false);
        var asked = new { seller, documentSha256 = Convert.ToHexStringLower(SHA256.HashData(document)) };
        return TypedResults.Ok(await call.ChangeAsync("price.publish", $"party {seller}", asked, change => book.PublishAsync(party, document, change)).ConfigureAwait(false));
    }

    private static async Task<NoContent> AssignAsync(PriceAssignment assignment, AdminCall call, IPrices book, ILicensingView licences, CancellationToken cancel)
    {
        if (call.Party is { } own)
        {
            PriceVersion? version = (await book.ListAsync(cancel).ConfigureAwait(false)).FirstOrDefault(version => version.Name == assignment.PriceVersion);
            if (version?.Seller != own)
            {
                throw call.Refuse($"a plan is put into force by its seller, and '{assignment.PriceVersion}' is none of its plans.");
            }

            // A plan for a licence counts for whoever uses it; without one it would count under every other seller's licences too.
            if (assignment.Grant is not { } grant || licences.FindGrant(grant)?.Licensor != own)
            {
                throw call.Refuse("it puts plans into force for licences that it granted; name one.");
            }
        }

        return await call.ChangeAsync("price.assign", assignment.PriceVersion, assignment, change => book.AssignAsync(assignment, change)).ConfigureAwait(false);
    }
}
