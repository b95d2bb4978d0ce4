using Microsoft.AspNetCore.Builder;

namespace Lazuli.Gateway;

/// <summary>What an endpoint needs, beside it as metadata. One without it answers nobody.</summary>
internal sealed record AdminNeed(AdminRight Right);

internal static class AdminNeeds
{
    /// <summary>Says what an endpoint needs.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, AdminRight right)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AdminNeed(right));
}
