using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Lazuli.Registry;

/// <summary>What an answer without content means, in words that say what to do.</summary>
internal static class HubRefusal
{
    /// <summary>Nothing when the answer has content; throws otherwise.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="settings">Who asked whom.</param>
    /// <param name="reference">The repository.</param>
    /// <param name="file">The file that was asked for; null for the repository itself.</param>
    /// <exception cref="HubInterruption">Another try may succeed.</exception>
    /// <exception cref="HubException">It will not.</exception>
    public static void ThrowIfRefused(HubResponse response, HubSettings settings, HubReference reference, string? file)
    {
        if (response.Status is HttpStatusCode.OK or HttpStatusCode.PartialContent)
        {
            return;
        }

        int status = (int)response.Status;
        bool isBusy = status is 408 or 429 or 500 or 502 or 503 or 504;
        if (isBusy || (!response.IsFromHub && status is >= 400 and < 500))
        {
            // Where a hub points to is signed for a while only; a new try gets a new address.
            throw new HubInterruption(string.Create(CultureInfo.InvariantCulture, $"HTTP {status} {(response.IsFromHub ? "from the hub" : "from the server it points to")}"), RetryAfter(response.Message.Headers.RetryAfter));
        }

        throw Explain(response, settings, reference, file);
    }

    private static HubException Explain(HubResponse response, HubSettings settings, HubReference reference, string? file)
    {
        string code = response.Message.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? codes) ? codes.FirstOrDefault() ?? "" : "";
        string page = $"{settings.Endpoint}/{reference.Repository}";
        string set = $"set {HubSettings.TokenVariable}{(settings.HasToken && !settings.MaySendToken ? $" and an https {HubSettings.EndpointVariable} (over plain http no token is sent)" : "")}";
        bool known = settings is { HasToken: true, MaySendToken: true };
        return (response.Status, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => new HubException(
                HubFailure.Gated, known ? $"{reference.Repository} is given out on request, and your token has not been let in: accept its conditions at {page}, or use another account's token." : $"{reference.Repository} is given out on request: accept its conditions at {page}, then {set} to your token."),
            (_, "RevisionNotFound") => new HubException(HubFailure.NotFound, $"{reference.Repository} has no revision '{reference.Revision}'; {page} lists its branches, tags and commits."),
            (_, "EntryNotFound") => new HubException(HubFailure.NotFound, $"{reference} has no file '{file}'."),
            (HttpStatusCode.Unauthorized, _) => known && code != "RepoNotFound"
                ? new HubException(HubFailure.NeedsToken, $"{settings.Endpoint} does not accept your token ({HubSettings.TokenVariable}) for {reference.Repository}; it may have run out.")
                : new HubException(HubFailure.NotFound, known ? $"There is no repository {reference.Repository} at {settings.Endpoint}, or your token may not see it." : $"There is no repository {reference.Repository} at {settings.Endpoint} that everybody may see. Is the name right? For a private one {set} to a token that may read it."),
            (HttpStatusCode.Forbidden, _) => new HubException(HubFailure.NeedsToken, $"{settings.Endpoint} forbids access to {reference.Repository}{(known ? " with your token: it may lack the right to read this repository" : $"; {set} to a token that may read it")}."),
            (HttpStatusCode.NotFound, _) => new HubException(HubFailure.NotFound, file is null ? $"There is no repository {reference} at {settings.Endpoint}." : $"{reference} has no file '{file}' any more, or {settings.Endpoint} hides it."),
            _ => new HubException(HubFailure.BadAnswer, string.Create(CultureInfo.InvariantCulture, $"{settings.Endpoint} answered {(int)response.Status} to the request for {file ?? reference.ToString()}; expected the file, an error of a hub, or a redirect.")),
        };
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;
}
