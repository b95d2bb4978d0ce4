using System.Diagnostics;
using System.Text;
using Lazuli.Cli;
using Microsoft.AspNetCore.Http;

namespace Lazuli.EndToEnd.Tests;

/// <summary>What the client makes of streams, good and bad.</summary>
public sealed class CompletionClientTests
{
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":3}}}\n\n";
    private const string Text = "data: {\"choices\":[{\"text\":\"a\"}]}\n\n";

    private static readonly LoadRequest s_request = new("some words", 4, 0.5, 9);

    [Fact]
    public async Task Reads_frames_with_text_and_the_servers_counts()
    {
        LoadOutcome outcome = await AskAsync(Text + "data: {\"choices\":[{\"text\":\"\"}]}\n\n" + Text + Usage + "data: [DONE]\n\n");
        Assert.Null(outcome.Failure);
        Assert.Equal(2, outcome.TextAt.Count);
        Assert.Equal((5, 3, 7), (outcome.PromptTokens, outcome.CachedTokens, outcome.CompletionTokens));
        Assert.True(outcome.Due <= outcome.TextAt[0] && outcome.TextAt[0] <= outcome.TextAt[1] && outcome.TextAt[1] <= outcome.End);
    }

    [Theory]
    [InlineData("data: {\"choices\":\ndata: [{\"text\":\n" + "data: \"a\"}]}\n\n")] // data of an event over several lines
    [InlineData(": ping\n\n: another\ndata: {\"choices\":[{\"text\":\"a\"}]}\n\n")] // comments
    [InlineData("id: 4\r\nretry: 10\r\ndata:{\"choices\":[{\"text\":\"a\"}]}\r\n\r\n")] // other fields, line ends, no space
    [InlineData("\uFEFFdata: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")] // byte order mark, chat
    [InlineData("event: message\rdata: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}},{\"delta\":{\"content\":\"a\"}}]}\r\r")]
    public async Task Event_streams_may_be_written_in_any_of_their_forms(string frame)
    {
        LoadOutcome outcome = await AskAsync(frame + Usage + "data: [DONE]\n\n");
        Assert.Null(outcome.Failure);
        Assert.Single(outcome.TextAt);
    }

    [Fact]
    public async Task Frames_cut_anywhere_are_the_same_frames()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Text.Replace("\"a\"", "\"ä🌍\"", StringComparison.Ordinal) + Usage + "data: [DONE]\n\n");
        LoadOutcome outcome = await AskAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (byte b in whole)
            {
                await context.Response.Body.WriteAsync(new[] { b });
                await context.Response.Body.FlushAsync();
            }
        });
        Assert.Null(outcome.Failure);
        Assert.Single(outcome.TextAt);
        Assert.Equal(7, outcome.CompletionTokens);
    }

    [Theory]
    [InlineData(Text + "data: {\"error\":{\"message\":\"out of luck\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n", "error in the stream server_error", "out of luck")]
    [InlineData(Text + "event: error\ndata: {\"message\":\"gone\",\"code\":\"x\"}\n\n", "error in the stream x", "gone")]
    [InlineData(Text + "data: {\"error\":\"plain\"}\n\n", "error in the stream", "plain")]
    [InlineData(Text + Usage, "stream cut short", "[DONE]")]
    [InlineData(Text + Usage + "data: [DO", "stream cut short", "[DONE]")]
    [InlineData(Text + "data: {\"choices\"\n\n", "malformed frame", "")]
    [InlineData("data: 12\n\n", "malformed frame", "object")]
    [InlineData(Text + "data: [DONE]\n\n", "no usage", "include_usage")]
    [InlineData(Text + "data: {\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e99}}\n\ndata: [DONE]\n\n", "no usage", "include_usage")]
    public async Task A_stream_that_breaks_is_a_failure_of_its_kind(string body, string kind, string says)
    {
        LoadOutcome outcome = await AskAsync(body);
        Assert.Equal(kind, outcome.Failure?.Kind);
        Assert.Contains(says, outcome.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, """{"error":{"message":"busy","type":"service_unavailable_error","code":"server_is_overloaded"}}""", "HTTP 503 server_is_overloaded", "busy")]
    [InlineData(400, """{"error":{"message":"bad","type":"BadRequestError","code":400}}""", "HTTP 400 BadRequestError", "bad")]
    [InlineData(500, "<html>oh</html>", "HTTP 500", "Internal Server Error")]
    [InlineData(307, "", "HTTP 307", "Redirect")]
    [InlineData(200, "{}", "not a stream", "text/plain")]
    public async Task A_refusal_is_a_failure_that_names_its_status_and_code(int status, string body, string kind, string says)
    {
        LoadOutcome outcome = await AskAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/v1/elsewhere";
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(body);
        });
        Assert.Equal(kind, outcome.Failure?.Kind);
        Assert.Contains(says, outcome.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_end_is_given_up_before_it_fills_the_memory()
    {
        LoadOutcome outcome = await AskAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: ");
            byte[] block = new byte[1 << 20];
            block.AsSpan().Fill((byte)'x');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });
        Assert.Equal("endless event", outcome.Failure?.Kind);
    }

    [Theory]
    [InlineData("data: 1234\n\n")]
    [InlineData("data: 12\r\n\r\ndata: 3\n\n: 45678\r\r")]
    public async Task Events_up_to_the_limit_pass_unchanged(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using var copy = new MemoryStream();
        await new EventLimitStream(new MemoryStream(bytes), 12).CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, copy.ToArray());
        await Assert.ThrowsAsync<InvalidDataException>(() => new EventLimitStream(new MemoryStream(bytes), 8).CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_broken_connection_and_a_silent_server_are_failures_too()
    {
        LoadOutcome broken = await AskAsync(async context =>
        {
            await FakeCompletionServer.StreamAsync(context, Text);
            context.Abort();
        });
        Assert.Equal("connection broken", broken.Failure?.Kind);
        LoadOutcome silent = await AskAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted), TimeSpan.FromMilliseconds(200));
        Assert.Equal("timeout", silent.Failure?.Kind);
        using var nobody = new CompletionClient(new LoadTarget(LoadTarget.ParseBase("http://127.0.0.1:9"), null, false, TimeSpan.FromSeconds(30)), 1);
        Assert.Equal("no connection", (await nobody.SendAsync("m", s_request, Stopwatch.GetTimestamp(), null, TestContext.Current.CancellationToken)).Failure?.Kind);
    }

    [Fact]
    public async Task Sends_what_the_dialect_wants_and_the_key_as_a_header_only()
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        foreach (bool chat in new[] { false, true })
        {
            using var client = new CompletionClient(new LoadTarget(server.Base, "secret", chat, TimeSpan.FromSeconds(30)), 1);
            Assert.Null((await client.SendAsync("fake", s_request, Stopwatch.GetTimestamp(), null, TestContext.Current.CancellationToken)).Failure);
        }

        Assert.Equal(["/v1/completions", "/v1/chat/completions"], server.Requests.Select(r => r.Path));
        Assert.All(server.Requests, r => Assert.Equal("Bearer secret", r.Authorization));
        Assert.Equal("""{"model":"fake","max_tokens":4,"temperature":0.5,"seed":9,"stream":true,"stream_options":{"include_usage":true},"prompt":"some words"}""", server.Requests.First().Body.GetRawText());
        Assert.Contains("\"messages\":[{\"role\":\"user\",\"content\":\"some words\"}]", server.Requests.Last().Body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/")]
    [InlineData("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/")]
    [InlineData("https://example.org/v1", "https://example.org/v1/")]
    [InlineData("https://example.org/api/v1/", "https://example.org/api/v1/")]
    public void An_address_is_taken_with_and_without_v1(string text, string expected) => Assert.Equal(expected, LoadTarget.ParseBase(text).AbsoluteUri);

    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("ftp://example.org")]
    [InlineData("http://key@example.org")]
    [InlineData("http://example.org/?key=secret")]
    [InlineData("")]
    public void Other_addresses_are_refused(string text) => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => LoadTarget.ParseBase(text)).ExitCode);

    private static Task<LoadOutcome> AskAsync(string body) => AskAsync(context => FakeCompletionServer.StreamAsync(context, body));

    private static async Task<LoadOutcome> AskAsync(Func<HttpContext, Task> answer, TimeSpan? timeout = null)
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        server.Answer = (context, _) => answer(context);
        using var client = new CompletionClient(new LoadTarget(server.Base, null, false, timeout ?? TimeSpan.FromSeconds(30)), 1);
        return await client.SendAsync("fake", s_request, Stopwatch.GetTimestamp(), null, TestContext.Current.CancellationToken);
    }
}
