using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Price plans and whom they hold for.</summary>
internal static class PriceEndpoints
{
    private const int MaxPlanBytes = 1 << 20;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder prices = admin.MapGroup("/prices").WithTags("Prices");
        prices.MapGet("/", async (IPrices book, CancellationToken cancel) => TypedResults.Ok(await book.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListPrices").WithSummary("All versions of all plans.");
        prices.MapPost("/", PublishAsync).WithName("PublishPrices").WithSummary("Publish the next version of a plan; the body is the plan.").Accepts<object>("application/json");
        prices.MapGet("/assignments", async (IPrices book, CancellationToken cancel) => TypedResults.Ok(await book.AssignmentsAsync(cancel).ConfigureAwait(false)))
            .WithName("ListPriceAssignments").WithSummary("For whom which version holds, and from when.");
        prices.MapPost("/assignments", AssignAsync).WithName("AssignPrices").WithSummary("Put a version into force.");
    }

    private static async Task<Ok<PriceVersion>> PublishAsync(string seller, HttpRequest request, IPrices book, CancellationToken cancel)
    {
        if (request.ContentLength is null or > MaxPlanBytes)
        {
            throw new AdminRefusedException(StatusCodes.Status413PayloadTooLarge, "The plan is too large", $"A plan has at most {MaxPlanBytes} bytes, and its length is told in Content-Length.");
        }

        byte[] document = new byte[(int)request.ContentLength];
        await request.Body.ReadExactlyAsync(document, cancel).ConfigureAwait(false);
        return TypedResults.Ok(await book.PublishAsync(new PartyId(seller), document, cancel).ConfigureAwait(false));
    }

    private static async Task<NoContent> AssignAsync(PriceAssignment assignment, IPrices book, CancellationToken cancel)
    {
        await book.AssignAsync(assignment, cancel).ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
