using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Whose use a key may read: its own project's, unless it is bound to other endpoints; its whole party's when it says so by name.</summary>
internal static class UsageScope
{
    /// <summary>The endpoint's name in keys.</summary>
    public const string Endpoint = "usage";

    /// <summary>The name that lets a key read its party's use. A key that names no endpoints has all of them but this one.</summary>
    public const string PartyEndpoint = "usage:party";

    /// <summary>A filter of what the caller may read.</summary>
    /// <exception cref="RequestRefusedException">It may read none of it, or asks for more.</exception>
    public static UsageFilter Of(HttpContext context, IApiKeyStore keys, DateTimeOffset from, DateTimeOffset until, IReadOnlyList<string> projects)
    {
        ApiKeyRecord key = KeyAuthentication.KeyOf(context) ?? throw new RequestRefusedException(OpenAiError.MissingKey);
        if (key.Endpoints.Contains(PartyEndpoint, StringComparer.Ordinal))
        {
            Check(context, keys, key, PartyEndpoint);
            return new UsageFilter { Party = key.Party, Projects = projects, From = from, Until = until };
        }

        Check(context, keys, key, Endpoint);
        if (projects.Any(project => project != key.Project))
        {
            throw new RequestRefusedException(OpenAiError.OutsideProject(PartyEndpoint));
        }

        return new UsageFilter { Project = new ProjectId(key.Project), From = from, Until = until };
    }

    private static void Check(HttpContext context, IApiKeyStore keys, ApiKeyRecord key, string endpoint)
    {
        if (keys.Check(key, endpoint, model: null, context.Connection.RemoteIpAddress) is { } outside)
        {
            throw new RequestRefusedException(OpenAiError.OutsideKey(outside, endpoint, model: ""));
        }
    }
}
