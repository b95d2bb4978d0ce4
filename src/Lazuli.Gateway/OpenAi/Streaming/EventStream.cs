using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lazuli.Gateway;

/// <summary>Writes server-sent events: <c>data: …</c>, an empty line, nothing else. Not thread-safe.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly Utf8JsonWriter _json;

    private EventStream(HttpContext context)
    {
        _context = context;
        _json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = WireJson.Wire.Options.Encoder, SkipValidation = true });
    }

    /// <summary>Whether a write found nobody reading; the request's own token may tell a moment later.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>Sends the headers at once: some clients give up when none come for minutes.</summary>
    public static async Task<EventStream> StartAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // or nginx holds frames back
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        return new EventStream(context);
    }

    /// <summary>Queues one frame; <see cref="FlushAsync"/> sends it.</summary>
    public void Write<T>(T frame, JsonTypeInfo<T> type)
    {
        WriteRaw("data: "u8);
        JsonSerializer.Serialize(_json, frame, type);
        _json.Reset();
        WriteRaw("\n\n"u8);
    }

    /// <summary>Queues the frame that ends a whole stream.</summary>
    public void WriteDone() => WriteRaw("data: [DONE]\n\n"u8);

    /// <summary>Queues a comment, which clients skip.</summary>
    public void WriteHeartbeat() => WriteRaw(": ping\n\n"u8);

    /// <summary>Sends what was queued; waits when the client reads slowly.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        System.IO.Pipelines.FlushResult result = await _context.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted)
        {
            ClientGone = true;
            throw new OperationCanceledException("The client closed the connection.");
        }
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        System.Buffers.BuffersExtensions.Write(_context.Response.BodyWriter, bytes);
    }
}
