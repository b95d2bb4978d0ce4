using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Whose use a key may read: its own project's, unless it is bound to other endpoints; its whole party's when it says so by name.</summary>
internal static class UsageScope
{
    /// <summary>The endpoint's name in keys.</summary>
    public const string Endpoint = "usage";

    /// <summary>A filter of what the caller may read.</summary>
    /// <exception cref="RequestRefusedException">It may read none of it, or asks for more.</exception>
    public static UsageFilter Of(HttpContext context, IApiKeyStore keys, DateTimeOffset from, DateTimeOffset until, IReadOnlyList<string> projects)
    {
        ApiKeyRecord key = KeyAuthentication.KeyOf(context) ?? throw new RequestRefusedException(OpenAiError.MissingKey);
        string ofParty = ApiKeyRecord.PartyUsage + key.Party.Value; // named, so that a key whose project goes to another party does not read that one's
        if (key.Endpoints.Contains(ofParty, StringComparer.Ordinal))
        {
            Check(context, keys, key, ofParty);
            return new UsageFilter { Party = key.Party, Projects = projects, From = from, Until = until };
        }

        Check(context, keys, key, Endpoint);
        if (projects.Any(project => project != key.Project))
        {
            throw new RequestRefusedException(OpenAiError.OutsideProject(ofParty));
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
