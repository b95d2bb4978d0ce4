using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lazuli.Cli;

/// <summary>Streams completions from any server that speaks OpenAI's dialect, and notes when their text came.</summary>
internal sealed class CompletionClient : IDisposable
{
    private const int MostErrorCharacters = 65_536;
    private const int MostEventBytes = 16 << 20;

    private readonly HttpClient _http;
    private readonly LoadTarget _target;

    public CompletionClient(LoadTarget target, int connections)
    {
        _target = target;
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            AllowAutoRedirect = false, // a key goes nowhere but where it was sent
            UseCookies = false,
            UseProxy = !target.Base.IsLoopback,
        })
        {
            BaseAddress = target.Base,
            Timeout = Timeout.InfiniteTimeSpan, // each request has its own
        };
        if (target.Key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", target.Key);
        }
    }

    /// <summary>Names of the models that the server offers.</summary>
    /// <exception cref="CommandException">It cannot be asked.</exception>
    public async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_target.Timeout);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri("models", UriKind.Relative), limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(await RefusalAsync(response, limit.Token).ConfigureAwait(false));
            }

            using JsonDocument list = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false));
            return [.. list.RootElement.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!)];
        }
        catch (Exception e) when (FailureOf(e, cancel) is { } failure)
        {
            throw Refused(failure);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw Refused(new LoadFailure("no list of models", "The answer to GET /v1/models has no list of models; name one with --name."));
        }
    }

    /// <summary>Sends a request and reads its stream to the end.</summary>
    /// <param name="model">The model asked.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="levelStart">Timestamp (<see cref="Stopwatch"/>) that times count from.</param>
    /// <param name="due">When the request was due, in seconds after it; null for now.</param>
    /// <param name="cancel">Cancels; failures of any other kind are part of the outcome.</param>
    public async Task<LoadOutcome> SendAsync(string model, LoadRequest request, long levelStart, double? due, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_target.Timeout);
        var textAt = new List<double>();
        double begun = due ?? Since(levelStart);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_target.IsChat ? "chat/completions" : "completions", UriKind.Relative))
            {
                Content = new StringContent(BodyOf(model, request), Encoding.UTF8, "application/json"),
            };
            using HttpResponseMessage response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return Failed(await RefusalAsync(response, limit.Token).ConfigureAwait(false));
            }

            if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream")
            {
                return Failed(new LoadFailure("not a stream", $"The answer is {response.Content.Headers.ContentType?.ToString() ?? "of no type"}, not text/event-stream."));
            }

            (StreamUsage? usage, LoadFailure? failure) = await ReadAsync(response, levelStart, textAt, limit.Token).ConfigureAwait(false);
            return failure is not null || usage is not StreamUsage counted
                ? Failed(failure ?? new LoadFailure("no usage", "The stream ended without token counts, though stream_options.include_usage asked for them."))
                : new LoadOutcome { Due = begun, End = Since(levelStart), TextAt = textAt, PromptTokens = counted.PromptTokens, CachedTokens = counted.CachedTokens, CompletionTokens = counted.CompletionTokens };
        }
        catch (Exception e) when (FailureOf(e, cancel) is { } failure)
        {
            return Failed(failure);
        }

        LoadOutcome Failed(LoadFailure failure) => new() { Due = begun, End = Since(levelStart), TextAt = textAt, Failure = failure };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The command's end for a failure before anything was measured.</summary>
    public static CommandException Refused(LoadFailure failure)
    {
        string hint = failure.Kind.StartsWith("HTTP 401", StringComparison.Ordinal) ? $" Put a key of that server into {LoadTarget.KeyVariable}." : "";
        return new CommandException($"{failure.Kind}: {failure.Message}{hint}", failure.Kind is "no connection" ? ExitCode.NotReachable : ExitCode.Failed);
    }

    private static async Task<(StreamUsage? Usage, LoadFailure? Failure)> ReadAsync(HttpResponseMessage response, long levelStart, List<double> textAt, CancellationToken cancel)
    {
        StreamUsage? usage = null;
        Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await foreach (SseItem<StreamFrame> item in SseParser.Create(new EventLimitStream(body, MostEventBytes), StreamFrame.Parse).EnumerateAsync(cancel).ConfigureAwait(false))
            {
                StreamFrame frame = item.Data;
                if (frame.Error is not null)
                {
                    return (null, frame.Error);
                }

                if (frame.IsDone)
                {
                    return (usage, null);
                }

                if (frame.HasText)
                {
                    textAt.Add(Since(levelStart));
                }

                usage = frame.Usage ?? usage;
            }
        }

        return (null, new LoadFailure("stream cut short", "The stream ended without [DONE]."));
    }

    private string BodyOf(string model, LoadRequest request)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["max_tokens"] = request.MaxTokens,
            ["temperature"] = request.Temperature,
            ["seed"] = request.Seed,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (_target.IsChat)
        {
            body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = request.Prompt });
        }
        else
        {
            body["prompt"] = request.Prompt;
        }

        return body.ToJsonString();
    }

    private static async Task<LoadFailure> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        string kind = $"HTTP {(int)response.StatusCode}";
        Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var reader = new StreamReader(body);
        var text = new char[MostErrorCharacters];
        int length = await reader.ReadBlockAsync(text, cancel).ConfigureAwait(false);
        try
        {
            using JsonDocument error = JsonDocument.Parse(text.AsMemory(0, length));
            return StreamFrame.ErrorOf(kind, error.RootElement);
        }
        catch (JsonException)
        {
            return new LoadFailure(kind, response.ReasonPhrase is { Length: > 0 } reason ? reason : "The server gave no reason.");
        }
    }

    /// <summary>What an exception means for a request; null when it is none of the world's: the user cancelled, or a bug.</summary>
    private LoadFailure? FailureOf(Exception exception, CancellationToken cancel) => exception switch
    {
        OperationCanceledException when !cancel.IsCancellationRequested => new LoadFailure("timeout", $"No whole answer came within {_target.Timeout.TotalSeconds:0.###} s."),
        JsonException e => new LoadFailure("malformed frame", e.Message),
        InvalidDataException e => new LoadFailure("endless event", e.Message),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } e => new LoadFailure("no connection", e.Message),
        HttpRequestException or IOException when !cancel.IsCancellationRequested => new LoadFailure("connection broken", exception.Message),
        _ => null,
    };

    private static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;
}
