using System.Net;
using Lazuli.Contracts;
using Lazuli.Testing;

namespace Lazuli.Gateway.Tests;

/// <summary>The exact bytes of each answer, as golden files.</summary>
public sealed class WireShapeTests
{
    private const string Ask = """{"model":"tiny","messages":[{"role":"user","content":"Hi there"}]""";
    private const string AskText = """{"model":"tiny","prompt":"Once upon a time" """;

    [Fact]
    public async Task Chat_answer() => await MatchesAsync("/v1/chat/completions", Ask + "}", "chat.json");

    [Fact]
    public async Task Chat_answer_of_two_choices() => await MatchesAsync("/v1/chat/completions", Ask + ""","n":2}""", "chat-two-choices.json");

    [Fact]
    public async Task Text_answer() => await MatchesAsync("/v1/completions", AskText + "}", "completion.json");

    [Fact]
    public async Task Text_answer_of_two_prompts_and_two_choices()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (request, _) => ScriptedEngine.Say(request, [((GenerationPrompt.Text)request.Prompt).Content + "!"], FinishReason.Length);
        string body = await server.PostTextAsync("/v1/completions", """{"model":"tiny","prompt":["one","two"],"n":2}""");
        Golden.Matches(Wire.Pretty(body), "completion-two-prompts.json");
    }

    [Fact]
    public async Task Chat_stream() => await StreamMatchesAsync("/v1/chat/completions", Ask + ""","stream":true}""", "chat-stream.txt");

    [Fact]
    public async Task Chat_stream_with_usage() =>
        await StreamMatchesAsync("/v1/chat/completions", Ask + ""","stream":true,"stream_options":{"include_usage":true}}""", "chat-stream-usage.txt");

    [Fact]
    public async Task Chat_stream_of_two_choices() => await StreamMatchesAsync("/v1/chat/completions", Ask + ""","stream":true,"n":2}""", "chat-stream-two-choices.txt");

    [Fact]
    public async Task Text_stream_with_usage() =>
        await StreamMatchesAsync("/v1/completions", AskText + ""","stream":true,"stream_options":{"include_usage":true}}""", "completion-stream-usage.txt");

    [Fact]
    public async Task Text_stream() => await StreamMatchesAsync("/v1/completions", AskText + ""","stream":true}""", "completion-stream.txt");

    [Fact]
    public async Task Chat_answer_with_log_probabilities() => await MatchesAsync("/v1/chat/completions", Ask + ""","logprobs":true,"top_logprobs":2}""", "chat-logprobs.json");

    [Fact]
    public async Task Chat_stream_with_log_probabilities() => await StreamMatchesAsync("/v1/chat/completions", Ask + ""","stream":true,"logprobs":true,"top_logprobs":2}""", "chat-stream-logprobs.txt");

    [Fact]
    public async Task Text_answer_with_log_probabilities() => await MatchesAsync("/v1/completions", AskText + ""","logprobs":2}""", "completion-logprobs.json");

    [Fact]
    public async Task Text_stream_with_log_probabilities() => await StreamMatchesAsync("/v1/completions", AskText + ""","stream":true,"logprobs":0}""", "completion-stream-logprobs.txt");

    [Fact]
    public async Task Text_answer_that_begins_with_its_prompt() => await EchoMatchesAsync(AskText + ""","echo":true,"logprobs":1,"max_tokens":1}""", "completion-echo.json");

    [Fact]
    public async Task Text_answer_that_is_its_prompt_only() => await EchoMatchesAsync(AskText + ""","echo":true,"logprobs":2,"max_tokens":0}""", "completion-echo-only.json");

    [Fact]
    public async Task Text_stream_that_begins_with_its_prompt() => await EchoMatchesAsync(AskText + ""","echo":true,"logprobs":1,"max_tokens":2,"stream":true,"n":2}""", "completion-echo-stream.txt");

    [Fact]
    public async Task Embeddings_as_numbers() => await MatchesAsync("/v1/embeddings", """{"model":"tiny","input":["one","two"]}""", "embeddings.json");

    [Fact]
    public async Task Embeddings_as_base64() => await MatchesAsync("/v1/embeddings", """{"model":"tiny","input":"one","encoding_format":"base64"}""", "embeddings-base64.json");

    [Fact]
    public async Task Models_list()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        Golden.Matches(Wire.Pretty(await server.Client.GetStringAsync(new Uri("/v1/models", UriKind.Relative))), "models.json");
    }

    [Theory]
    [InlineData("/v1/models/tiny", "tiny")]
    [InlineData("/v1/models/org/tiny", "org/tiny")]
    [InlineData("/v1/models/org%2Ftiny", "org/tiny")]
    public async Task One_model_by_name(string path, string name)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        string body = await server.Client.GetStringAsync(new Uri(path, UriKind.Relative));
        Assert.Contains($"\"id\":\"{name}\",\"object\":\"model\"", body, StringComparison.Ordinal);
    }

    private static async Task EchoMatchesAsync(string json, string file)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (request, _) => ScriptedEngine.Echo(request, ["!", "?"]);
        string body = await server.PostTextAsync("/v1/completions", json);
        Golden.Matches(file.EndsWith(".json", StringComparison.Ordinal) ? Wire.Pretty(body) : Wire.Normalise(body), file);
        Assert.True(Assert.Single(server.Engine.Requests).Echo);
    }

    [Fact]
    public async Task Every_answer_names_its_request_and_its_time()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        using HttpResponseMessage ok = await server.PostAsync("/v1/chat/completions", Ask + "}");
        using HttpResponseMessage stream = await server.PostAsync("/v1/chat/completions", Ask + ""","stream":true}""");
        using HttpResponseMessage missing = await server.Client.GetAsync(new Uri("/nowhere", UriKind.Relative));
        string[] ids = [.. new[] { ok, stream, missing }.Select(r => r.Headers.GetValues("x-request-id").Single())];
        Assert.All(ids, id => Assert.Matches("^req_[0-9a-f]{32}$", id));
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(new[] { ok, stream, missing }, r => Assert.True(long.Parse(r.Headers.GetValues("openai-processing-ms").Single()) >= 0));
        Assert.All(new[] { ok, stream, missing }, r => Assert.Equal("2020-10-01", r.Headers.GetValues("openai-version").Single()));
    }

    [Fact]
    public async Task Streams_are_event_streams_that_nobody_may_buffer()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Ask + ""","stream":true}""");
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", response.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    private static async Task MatchesAsync(string path, string json, string golden)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync(path, json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Golden.Matches(Wire.Pretty(body), golden);
    }

    private static async Task StreamMatchesAsync(string path, string json, string golden)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        string body = await server.PostTextAsync(path, json);
        Golden.Matches(Wire.Normalise(body), golden);
    }
}
