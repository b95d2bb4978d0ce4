using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>The audit: a party reads what its own people did.</summary>
internal static class AuditEndpoints
{
    private const int MostEntries = 1000;

    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder audit = admin.MapGroup("/audit").WithTags("Audit");
        audit.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListAudit").WithSummary("Who changed what and when, newest first.");
        audit.Post("/verify", async (IAuditLog log, CancellationToken cancel) => TypedResults.Ok(new AuditVerdict(await log.VerifyAsync(cancel).ConfigureAwait(false))))
            .Needs(AdminRight.ReadInstallation).WithName("VerifyAudit").WithSummary("Check that no entry was changed, dropped or put in between.");
    }

    private static async Task<Ok<IReadOnlyList<AuditEntry>>> ListAsync(long? before, string? subject, int? limit, AdminCall call, IAuditLog log, CancellationToken cancel) =>
        TypedResults.Ok(await log.ListAsync(before, subject, call.Party, Math.Clamp(limit ?? 100, 1, MostEntries), cancel).ConfigureAwait(false));
}
