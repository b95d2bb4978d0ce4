using System.Collections.Concurrent;
using System.Text.Json;
using Lazuli.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A server of somebody else's, on a real port, that answers what a test tells it to. Counts a word as a token.</summary>
internal sealed class FakeCompletionServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _running;
    private int _mostAtOnce;

    private FakeCompletionServer(WebApplication app) => _app = app;

    public Uri Base => LoadTarget.ParseBase(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Prompts asked for, with what came beside them.</summary>
    public ConcurrentQueue<(string Path, string? Authorization, JsonElement Body)> Requests { get; } = [];

    /// <summary>Most requests that ran at once.</summary>
    public int MostAtOnce => _mostAtOnce;

    /// <summary>Answers a request; sends three words and their count when not set.</summary>
    public Func<HttpContext, string, Task> Answer { get; set; } = (context, prompt) => StreamAsync(context, Words(prompt, "one", " two", " three"));

    public static async Task<FakeCompletionServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var server = new FakeCompletionServer(app);
        app.MapGet("/v1/models", () => Results.Text("""{"object":"list","data":[{"id":"fake","object":"model"}]}""", "application/json"));
        app.MapPost("/v1/{**path}", server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A stream of pieces of text with a usage frame and its end.</summary>
    public static string Words(string prompt, params string[] pieces) =>
        string.Concat(pieces.Select(p => $"data: {{\"choices\":[{{\"index\":0,\"text\":{JsonSerializer.Serialize(p)}}}]}}\n\n"))
        + $"data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{CountOf(prompt)},\"completion_tokens\":{pieces.Length}}}}}\n\ndata: [DONE]\n\n";

    public static int CountOf(string prompt) => prompt.Split(' ').Length;

    public static async Task StreamAsync(HttpContext context, string body)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        await context.Response.WriteAsync(body, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        JsonElement root = body.RootElement.Clone();
        Requests.Enqueue((context.Request.Path, context.Request.Headers.Authorization, root));
        string prompt = root.TryGetProperty("prompt", out JsonElement text) ? text.GetString()! : root.GetProperty("messages")[0].GetProperty("content").GetString()!;
        int now = Interlocked.Increment(ref _running);
        int most;
        while ((most = _mostAtOnce) < now && Interlocked.CompareExchange(ref _mostAtOnce, now, most) != most)
        {
        }

        try
        {
            await Answer(context, prompt);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
