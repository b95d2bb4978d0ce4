using System.Net;
using System.Runtime.CompilerServices;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>What happens while a stream runs: silence, failure, a client that leaves.</summary>
public sealed class StreamingTests
{
    private const string Ask = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"stream":true}""";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Text_arrives_while_the_engine_still_works()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, token) => ScriptedEngine.SayThenHang("early", token);
        using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Contains("\"role\":\"assistant\"", await ReadDataAsync(reader), StringComparison.Ordinal);
        Assert.Contains("early", await ReadDataAsync(reader), StringComparison.Ordinal);
        Assert.False(server.Engine.Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task A_silent_engine_is_covered_by_headers_and_heartbeats()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(20));
        var go = new TaskCompletionSource();
        server.Engine.Play = (request, token) => SilentUntil(go.Task, request, token);
        using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadDataAsync(reader);
        for (int pings = 0; pings < 3;)
        {
            pings += await reader.ReadLineAsync() == ": ping" ? 1 : 0;
        }

        go.SetResult();
        string rest = await reader.ReadToEndAsync();
        Assert.Contains("\"content\":\"late\"", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_frees_the_engine()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, token) => ScriptedEngine.SayThenHang("early", token);
        HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);
        using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            await ReadDataAsync(reader);
        }

        response.Dispose();
        await server.Engine.Ended.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_client_that_leaves_before_a_whole_answer_frees_the_engine()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        var started = new TaskCompletionSource();
        server.Engine.Play = (_, token) =>
        {
            started.SetResult();
            return ScriptedEngine.SayThenHang("early", token);
        };
        using var leave = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = server.OpenStreamAsync("/v1/chat/completions", Ask.Replace(",\"stream\":true", "", StringComparison.Ordinal), leave.Token);
        await started.Task.WaitAsync(s_patience);
        await leave.CancelAsync();
        await server.Engine.Ended.Task.WaitAsync(s_patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_all_prompts_of_its_request()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        int running = 0;
        var allEnded = new TaskCompletionSource();
        server.Engine.Play = (_, token) => Counted(token);
        HttpResponseMessage response = await server.OpenStreamAsync("/v1/completions", """{"model":"tiny","prompt":["a","b","c"],"stream":true}""");
        using (var reader = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            for (int i = 0; i < 3; i++)
            {
                await ReadDataAsync(reader);
            }
        }

        response.Dispose();
        await allEnded.Task.WaitAsync(s_patience);

        async IAsyncEnumerable<GenerationEvent> Counted([EnumeratorCancellation] CancellationToken token)
        {
            Interlocked.Increment(ref running);
            try
            {
                await foreach (GenerationEvent next in ScriptedEngine.SayThenHang("x", token))
                {
                    yield return next;
                }
            }
            finally
            {
                if (Interlocked.Decrement(ref running) == 0)
                {
                    allEnded.TrySetResult();
                }
            }
        }
    }

    [Fact]
    public async Task A_failure_in_the_middle_is_told_by_a_frame_and_a_broken_connection()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, _) => ScriptedEngine.SayThenThrow("early", new InvalidOperationException("secret detail"));
        for (int round = 0; round < 20; round++)
        {
            using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            await ReadDataAsync(reader);
            await ReadDataAsync(reader);
            string frame = await ReadDataAsync(reader);
            Assert.StartsWith("{\"error\":{\"message\":", frame, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", frame, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task A_failing_prompt_among_several_fails_the_request_with_its_own_reason()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (request, token) => ((GenerationPrompt.Text)request.Prompt).Content == "b"
            ? ScriptedEngine.Throw(new EngineRefusedException(EngineRefusal.QueueFull, "full"))
            : ScriptedEngine.SayThenHang("x", token);
        using HttpResponseMessage response = await server.PostAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"]}""");
        await BadRequestTests.AssertErrorAsync(response, 503, "service_unavailable_error", null, "server_is_overloaded");
    }

    [Fact]
    public async Task An_engine_that_ends_without_completing_is_a_failure_too()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, _) => Incomplete();
        using HttpResponseMessage whole = await server.PostAsync("/v1/chat/completions", Ask.Replace(",\"stream\":true", "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.InternalServerError, whole.StatusCode);
        using HttpResponseMessage stream = await server.OpenStreamAsync("/v1/chat/completions", Ask);
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsStringAsync());

        static async IAsyncEnumerable<GenerationEvent> Incomplete()
        {
            yield return new GenerationEvent.TextDelta(0, "x");
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Many_streams_run_at_once_and_keep_apart()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (request, _) => ScriptedEngine.Say(request, [.. Enumerable.Repeat(((GenerationPrompt.Text)request.Prompt).Content, 50)]);
        string[] bodies = await Task.WhenAll(Enumerable.Range(0, 32).Select(i =>
            server.PostTextAsync("/v1/completions", "{\"model\":\"tiny\",\"prompt\":\"<" + i + ">\",\"stream\":true}")));
        for (int i = 0; i < bodies.Length; i++)
        {
            Assert.Equal(50, bodies[i].Split("\"text\":\"<" + i + ">\"").Length - 1);
            Assert.EndsWith("data: [DONE]\n\n", bodies[i], StringComparison.Ordinal);
        }
    }

    private static async IAsyncEnumerable<GenerationEvent> SilentUntil(Task go, GenerationRequest request, [EnumeratorCancellation] CancellationToken token)
    {
        await go.WaitAsync(token);
        await foreach (GenerationEvent next in ScriptedEngine.Say(request, ["late"]))
        {
            yield return next;
        }
    }

    /// <summary>The next data frame's content.</summary>
    private static async Task<string> ReadDataAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line["data: ".Length..];
            }
        }

        throw new EndOfStreamException("The stream ended before the frame.");
    }
}
