using System.Net;

namespace Lazuli.Registry;

/// <summary>The answer at the end of a chain of redirects, with what the hub itself said on the way.</summary>
internal sealed class HubResponse(HttpResponseMessage message, string? linkedTag, long? linkedBytes, string? commit, bool isFromHub) : IDisposable
{
    public HttpStatusCode Status => message.StatusCode;

    public HttpResponseMessage Message => message;

    /// <summary><c>X-Linked-Etag</c>, else the hub's own <c>ETag</c>: a digest of the content.</summary>
    public HubDigest? Digest => HubDigest.Find(linkedTag ?? (isFromHub ? Tag : null));

    /// <summary><c>X-Linked-Size</c>, else the length of an answer of the hub's own.</summary>
    public long? FileBytes => linkedBytes ?? (isFromHub && Status == HttpStatusCode.OK ? message.Content.Headers.ContentLength : null);

    /// <summary><c>X-Repo-Commit</c>.</summary>
    public string? Commit => commit;

    /// <summary>Whether the last word is the hub's, not that of a server it points to.</summary>
    public bool IsFromHub => isFromHub;

    /// <summary>The last server's tag of the content.</summary>
    public string? Tag => message.Headers.ETag?.ToString();

    public void Dispose() => message.Dispose();
}
