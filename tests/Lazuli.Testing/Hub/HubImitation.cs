using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lazuli.Testing;

/// <summary>A hub on this machine that speaks the wire of huggingface.co, and a content server of another origin that it points to for large files. Tests break it as they like.</summary>
public sealed class HubImitation : IAsyncDisposable
{
    private readonly WebApplication _hub;
    private readonly WebApplication _content;

    private HubImitation(WebApplication hub, WebApplication content)
    {
        _hub = hub;
        _content = content;
    }

    /// <summary>Address of the hub.</summary>
    public string Endpoint => _hub.Urls.First();

    /// <summary>Address of the content server.</summary>
    public string ContentEndpoint => _content.Urls.First();

    /// <summary>Repositories by <c>org/name</c>.</summary>
    public ConcurrentDictionary<string, HubRepository> Repositories { get; } = new(StringComparer.Ordinal);

    /// <summary>The token that opens gated and private repositories.</summary>
    public string Token { get; set; } = "hf_imitation";

    /// <summary>Requests in order.</summary>
    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    /// <summary>Asked before the hub answers; true when it has answered itself.</summary>
    public Func<HttpContext, Task<bool>>? BeforeHub { get; set; }

    /// <summary>Asked before the content server answers; true when it has answered itself.</summary>
    public Func<HttpContext, Task<bool>>? BeforeContent { get; set; }

    /// <summary>Breaks the next answers of the content server off after so many bytes of body each; 0 or less gives the whole.</summary>
    public ConcurrentQueue<int> Cuts { get; } = [];

    /// <summary>Starts both servers on free ports of the loopback.</summary>
    public static async Task<HubImitation> StartAsync()
    {
        WebApplication hub = Build();
        WebApplication content = Build();
        var imitation = new HubImitation(hub, content);
        hub.Run(context => imitation.AnswerAsync(context, isContent: false));
        content.Run(context => imitation.AnswerAsync(context, isContent: true));
        await hub.StartAsync();
        await content.StartAsync();
        return imitation;
    }

    /// <summary>Adds a repository.</summary>
    public HubRepository Add(string name, params (string Path, byte[] Content)[] files)
    {
        var repository = new HubRepository();
        foreach ((string path, byte[] content) in files)
        {
            repository.Files.Add(path, content);
        }

        Repositories[name] = repository;
        return repository;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _content.DisposeAsync();
    }

    private static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private async Task AnswerAsync(HttpContext context, bool isContent)
    {
        HttpRequest request = context.Request;
        string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        Requests.Enqueue(new HubRequest(isContent, request.Method, request.Path.Value + request.QueryString, Header("Authorization"), Header("Range"), Header("If-Range")));
        Func<HttpContext, Task<bool>>? before = isContent ? BeforeContent : BeforeHub;
        if (before is not null && await before(context))
        {
            return;
        }

        string[] parts = request.Path.Value!.Trim('/').Split('/');
        await (isContent ? ContentAsync(context, parts) : parts is ["api", "models", var owner, var name, "revision", ..]
            ? DescribeAsync(context, $"{owner}/{name}", Uri.UnescapeDataString(string.Join('/', parts[5..])))
            : parts is [var fileOwner, var fileName, "resolve", var commit, ..] ? ResolveAsync(context, $"{fileOwner}/{fileName}", commit, string.Join('/', parts[4..])) : RefuseAsync(context, 404, ""));
    }

    private async Task DescribeAsync(HttpContext context, string name, string revision)
    {
        if (!Repositories.TryGetValue(name, out HubRepository? repository) || (repository.IsPrivate && !IsLetIn(context)))
        {
            await RefuseAsync(context, 401, "RepoNotFound");
        }
        else if (revision != "main" && revision != repository.Commit)
        {
            await RefuseAsync(context, 404, "RevisionNotFound");
        }
        else
        {
            await context.Response.WriteAsJsonAsync(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["id"] = name,
                ["sha"] = repository.Commit,
                ["gated"] = repository.IsGated ? "auto" : false,
                ["cardData"] = new { license = repository.License },
                ["siblings"] = repository.Files.Keys.Select(path => Sibling(repository, path)).ToArray(),
            });
        }
    }

    private static Dictionary<string, object> Sibling(HubRepository repository, string path)
    {
        var sibling = new Dictionary<string, object>(StringComparer.Ordinal) { ["rfilename"] = path };
        if (repository.ListsBlobs)
        {
            sibling["size"] = repository.Files[path].Length;
            sibling["blobId"] = HubRepository.GitId(repository.Files[path]);
            if (repository.IsLarge(path))
            {
                sibling["lfs"] = new { sha256 = repository.TagOf(path), size = repository.Files[path].Length, pointerSize = 134 };
            }
        }

        return sibling;
    }

    private async Task ResolveAsync(HttpContext context, string name, string commit, string path)
    {
        if (!Repositories.TryGetValue(name, out HubRepository? repository))
        {
            await RefuseAsync(context, 401, "RepoNotFound");
            return;
        }

        if ((repository.IsGated || repository.IsPrivate) && !IsLetIn(context))
        {
            await RefuseAsync(context, context.Request.Headers.Authorization.Count == 0 ? 401 : 403, repository.IsGated ? "GatedRepo" : "RepoNotFound");
            return;
        }

        if (commit != repository.Commit || !repository.Files.TryGetValue(path, out byte[]? content))
        {
            await RefuseAsync(context, 404, "EntryNotFound");
            return;
        }

        context.Response.Headers["X-Repo-Commit"] = commit;
        if (repository.IsLarge(path))
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{repository.TagOf(path)}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Redirect($"{ContentEndpoint}/{name}/{Uri.EscapeDataString(path)}?signature=abc");
            return;
        }

        await SendAsync(context, content, $"\"{repository.TagOf(path)}\"", cut: 0);
    }

    private async Task ContentAsync(HttpContext context, string[] parts)
    {
        string path = Uri.UnescapeDataString(string.Join('/', parts[2..]));
        byte[] content = Repositories[$"{parts[0]}/{parts[1]}"].Files[path];
        await SendAsync(context, content, FormattableString.Invariant($"\"content-{content.Length}-{content[^1]}\""), Cuts.TryDequeue(out int cut) ? cut : 0);
    }

    /// <summary>The whole, or from a byte on, as the request asks; a tag that changed gives the whole.</summary>
    public static async Task SendAsync(HttpContext context, byte[] content, string tag, int cut)
    {
        long from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0;
        if (context.Request.Headers.IfRange.Count > 0 && context.Request.Headers.IfRange.ToString() != tag)
        {
            from = 0;
        }

        context.Response.Headers.ETag = tag;
        context.Response.ContentType = "application/octet-stream";
        if (from >= content.Length && from > 0)
        {
            context.Response.StatusCode = 416;
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = FormattableString.Invariant($"bytes {from}-{content.Length - 1}/{content.Length}");
        }

        context.Response.ContentLength = content.Length - from;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        int length = (int)(content.Length - from);
        bool isCut = cut > 0 && cut < length;
        await context.Response.Body.WriteAsync(content.AsMemory((int)from, isCut ? cut : length));
        if (isCut)
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(20); // the other side has taken them; then the server ends the connection, having announced more
        }
    }

    private bool IsLetIn(HttpContext context) => context.Request.Headers.Authorization.ToString() == "Bearer " + Token;

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
        return context.Response.WriteAsJsonAsync(new { error = code });
    }
}
