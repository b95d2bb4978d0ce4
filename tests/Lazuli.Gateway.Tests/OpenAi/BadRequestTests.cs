using System.Net;
using System.Text;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>What is refused, with which status, param and code.</summary>
public sealed class BadRequestTests : IAsyncLifetime
{
    private const string Messages = """ "messages":[{"role":"user","content":"Hi"}] """;

    private GatewayServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GatewayServer.StartAsync(options => options.MaxRequestBodyBytes = 4096);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""", "model", "you must provide a model parameter")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"Hi"}]}""", "model", "expected a string, but got an integer")]
    [InlineData("""{"model":"tiny"}""", "messages", "Missing required parameter: 'messages'")]
    [InlineData("""{"model":"tiny","messages":null}""", "messages", "Missing required parameter")]
    [InlineData("""{"model":"tiny","messages":[]}""", "messages", "[] is too short - 'messages'")]
    [InlineData("""{"model":"tiny","messages":"Hi"}""", "messages", "expected an array, but got a string")]
    [InlineData("""{"model":"tiny","messages":["Hi"]}""", "messages[0]", "expected an object, but got a string")]
    [InlineData("""{"model":"tiny","messages":[{"content":"Hi"}]}""", "messages[0].role", "Missing required parameter")]
    [InlineData("""{"model":"tiny","messages":[{"role":"wizard","content":"Hi"}]}""", "messages[0].role", "got 'wizard'")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user"}]}""", "messages[0].content", "Missing required parameter")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":5}]}""", "messages[0].content", "but got an integer")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":[]}]}""", "messages[0].content", "[] is too short")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":["Hi"]}]}""", "messages[0].content[0]", "expected an object")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0].text", "Missing required parameter")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"a\ud800b"}]}""", "messages[0].content", "not valid Unicode")]
    public async Task Refuses_bad_chat_messages(string json, string param, string message) => await RefusesAsync("/v1/chat/completions", json, param, message, code: null);

    [Theory]
    [InlineData("\"temperature\":\"hot\"", "temperature", "expected a number, but got a string instead.")]
    [InlineData("\"temperature\":2.1", "temperature", "2.1 is greater than the maximum of 2 - 'temperature'")]
    [InlineData("\"temperature\":-0.1", "temperature", "-0.1 is less than the minimum of 0 - 'temperature'")]
    [InlineData("\"temperature\":1e999", "temperature", "'temperature'")]
    [InlineData("\"top_p\":1.5", "top_p", "greater than the maximum of 1")]
    [InlineData("\"top_k\":-1", "top_k", "less than the minimum of 0")]
    [InlineData("\"top_k\":1.5", "top_k", "expected an integer")]
    [InlineData("\"max_tokens\":0", "max_tokens", "0 is less than the minimum of 1")]
    [InlineData("\"max_tokens\":\"5\"", "max_tokens", "expected an integer, but got a string")]
    [InlineData("\"max_tokens\":99999999999", "max_tokens", "greater than the maximum of 2147483647")]
    [InlineData("\"max_completion_tokens\":true", "max_completion_tokens", "expected an integer, but got a boolean")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens", "differ")]
    [InlineData("\"n\":0", "n", "less than the minimum of 1")]
    [InlineData("\"n\":129", "n", "greater than the maximum of 128")]
    [InlineData("\"seed\":1.5", "seed", "expected an integer")]
    [InlineData("\"seed\":99999999999999999999", "seed", "expected an integer")]
    [InlineData("\"stop\":5", "stop", "expected a string or an array of strings")]
    [InlineData("\"stop\":[]", "stop", "expected 1 to 4 strings, but got 0")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "but got 5")]
    [InlineData("\"stop\":[\"a\",7]", "stop[1]", "expected a string")]
    [InlineData("\"stop\":\"\"", "stop", "not empty")]
    [InlineData("\"stream\":\"yes\"", "stream", "expected a boolean")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options", "only allowed when 'stream' is enabled")]
    [InlineData("\"stream\":true,\"stream_options\":[]", "stream_options", "expected an object")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage", "expected a boolean")]
    [InlineData("\"user\":{}", "user", "expected a string")]
    [InlineData("\"metadata\":[]", "metadata", "expected an object")]
    [InlineData("\"store\":1", "store", "expected a boolean")]
    [InlineData("\"presence_penalty\":3", "presence_penalty", "greater than the maximum of 2")]
    [InlineData("\"logit_bias\":[1]", "logit_bias", "expected an object")]
    [InlineData("\"response_format\":{\"type\":\"yaml\"}", "response_format.type", "expected 'text', 'json_object' or 'json_schema'")]
    [InlineData("\"response_format\":{}", "response_format.type", "Missing required parameter")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema", "Missing required parameter")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"}}", "response_format.json_schema.schema", "Missing required parameter")]
    [InlineData("\"guided_choice\":[]", "guided_choice", "expected 1 to 1000 strings")]
    [InlineData("\"guided_regex\":\"a\",\"guided_choice\":[\"a\"]", "guided_regex", "At most one")]
    [InlineData("\"logit_bias\":{\"a\":1}", "logit_bias", "Keys are token ids")]
    [InlineData("\"logit_bias\":{\"5\":101}", "logit_bias", "from -100 to 100")]
    [InlineData("\"logit_bias\":{\"5\":true}", "logit_bias.5", "expected a number")]
    [InlineData("\"top_logprobs\":3", "top_logprobs", "only allowed when 'logprobs' is true")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs", "greater than the maximum of 20")]
    [InlineData("\"priority\":-1", "priority", "less than the minimum of 0")]
    [InlineData("\"min_p\":1.5", "min_p", "greater than the maximum of 1")]
    [InlineData("\"repetition_penalty\":0", "repetition_penalty", "less than the minimum")]
    [InlineData("\"tools\":{}", "tools", "expected an array")]
    public async Task Refuses_bad_chat_parameters(string parameter, string param, string message) =>
        await RefusesAsync("/v1/chat/completions", "{\"model\":\"tiny\"," + Messages + "," + parameter + "}", param, message, code: null);

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools")]
    [InlineData("\"functions\":[{\"name\":\"f\"}]", "functions")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "audio")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"moderation\":{}", "moderation")]
    public async Task Refuses_what_would_change_the_answer_and_is_not_there(string parameter, string param) =>
        await RefusesAsync("/v1/chat/completions", "{\"model\":\"tiny\"," + Messages + "," + parameter + "}", param, "not supported by this server yet", "unsupported_parameter");

    [Theory]
    [InlineData("""{"role":"tool","content":"5","tool_call_id":"x"}""", "messages[0].role")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"x"}]}""", "messages[0].tool_calls")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}""", "messages[0].content[0].type")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio"}]}""", "messages[0].content[1].type")]
    public async Task Refuses_messages_that_no_text_model_reads(string message, string param) =>
        await RefusesAsync("/v1/chat/completions", "{\"model\":\"tiny\",\"messages\":[" + message + "]}", param, "not supported by this server yet", "unsupported_parameter");

    [Theory]
    [InlineData("""{"model":"tiny"}""", "prompt", "Missing required parameter", null)]
    [InlineData("""{"model":"tiny","prompt":5}""", "prompt", "expected a string, an array of strings", null)]
    [InlineData("""{"model":"tiny","prompt":[]}""", "prompt", "too short", null)]
    [InlineData("""{"model":"tiny","prompt":[true]}""", "prompt[0]", "expected a string, a token", null)]
    [InlineData("""{"model":"tiny","prompt":["a",1]}""", "prompt[1]", "expected a string", null)]
    [InlineData("""{"model":"tiny","prompt":[1,"a"]}""", "prompt", "a token is an integer", null)]
    [InlineData("""{"model":"tiny","prompt":[1,-1]}""", "prompt", "a token is an integer", null)]
    [InlineData("""{"model":"tiny","prompt":[[1],2]}""", "prompt[1]", "expected an array of tokens", null)]
    [InlineData("""{"model":"tiny","prompt":[[1],[]]}""", "prompt[1]", "too short", null)]
    [InlineData("""{"model":"tiny","prompt":[5000]}""", "prompt", "vocabulary of 1000", null)]
    [InlineData("""{"model":"tiny","prompt":["a","b"],"n":65}""", "prompt", "more than 128 choices", null)]
    [InlineData("""{"model":"tiny","prompt":"a","echo":"yes"}""", "echo", "expected a boolean", null)]
    [InlineData("""{"model":"tiny","prompt":"a","max_tokens":0}""", "max_tokens", "0 is less than the minimum of 1", null)]
    [InlineData("""{"model":"tiny","prompt":"a","max_tokens":-1,"echo":true}""", "max_tokens", "-1 is less than the minimum of 0", null)]
    [InlineData("""{"model":"tiny","prompt":"a","suffix":"z"}""", "suffix", "not supported", "unsupported_parameter")]
    [InlineData("""{"model":"tiny","prompt":"a","logprobs":true}""", "logprobs", "expected an integer, but got a boolean", null)]
    [InlineData("""{"model":"tiny","prompt":"a","best_of":3}""", "best_of", "not supported", "unsupported_parameter")]
    public async Task Refuses_bad_text_completions(string json, string param, string message, string? code) => await RefusesAsync("/v1/completions", json, param, message, code);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"model\":\"tiny\",}")]
    [InlineData("not json")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("{\"model\":\"tiny\"}x")]
    public async Task Refuses_a_body_that_is_no_JSON_object(string json) => await RefusesAsync("/v1/chat/completions", json, null, "body of the request is", code: null);

    [Fact]
    public async Task Refuses_JSON_nested_without_end() =>
        await RefusesAsync("/v1/chat/completions", string.Concat(Enumerable.Repeat("[", 2000)), null, "not valid JSON", code: null);

    [Fact]
    public async Task Refuses_every_cut_of_a_valid_body()
    {
        string whole = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}""";
        for (int length = 0; length < whole.Length; length++)
        {
            using HttpResponseMessage response = await _server.PostAsync("/v1/chat/completions", whole[..length]);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task Refuses_a_body_that_is_not_UTF8()
    {
        using var content = new ByteArrayContent([.. "{\"model\":\"ti"u8, 0xff, 0xfe, .. "ny\"}"u8]);
        using HttpResponseMessage response = await _server.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await AssertErrorAsync(response, 400, "invalid_request_error", "model", null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_a_body_over_the_limit_whether_or_not_its_length_is_told(bool chunked)
    {
        string json = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + new string('x', 8000) + "\"}]}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        string message = await AssertErrorAsync(response, 413, "invalid_request_error", null, null);
        Assert.Contains("4096 bytes", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"huge","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/completions", """{"model":"huge","prompt":"Hi"}""")]
    public async Task Unknown_models_are_not_found(string path, string json)
    {
        using HttpResponseMessage response = await _server.PostAsync(path, json);
        Assert.Equal("The model 'huge' does not exist", await AssertErrorAsync(response, 404, "invalid_request_error", "model", "model_not_found"));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_by_name_either()
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri("/v1/models/huge", UriKind.Relative));
        await AssertErrorAsync(response, 404, "invalid_request_error", "model", "model_not_found");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages", """{"model":"tiny","messages":[{"role":"user","content":"one two three"}],"max_tokens":98}""")]
    [InlineData("/v1/completions", "prompt", """{"model":"tiny","prompt":"one two three","max_tokens":98}""")]
    public async Task A_prompt_that_leaves_too_little_room_is_refused_with_the_counts(string path, string param, string json)
    {
        using HttpResponseMessage response = await _server.PostAsync(path, json);
        string message = await AssertErrorAsync(response, 400, "invalid_request_error", param, "context_length_exceeded");
        Assert.Contains("maximum context length is 100 tokens. However, you requested 101 tokens (3 in the " + param + ", 98 in the completion)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_is_refused_without_a_limit_too()
    {
        string words = string.Join(' ', Enumerable.Repeat("w", 100));
        using HttpResponseMessage response = await _server.PostAsync("/v1/chat/completions", "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}],\"stream\":true}");
        await AssertErrorAsync(response, 400, "invalid_request_error", "messages", "context_length_exceeded");
    }

    [Fact]
    public async Task A_model_without_a_chat_format_takes_text_only()
    {
        _server.Engine.SupportsChat = false;
        using HttpResponseMessage chat = await _server.PostAsync("/v1/chat/completions", "{\"model\":\"tiny\"," + Messages + "}");
        await AssertErrorAsync(chat, 400, "invalid_request_error", "model", "unsupported_value");
        using HttpResponseMessage text = await _server.PostAsync("/v1/completions", """{"model":"tiny","prompt":"Hi"}""");
        Assert.Equal(HttpStatusCode.OK, text.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_queue_is_a_503_that_says_when_to_return(bool stream)
    {
        _server.Engine.Play = (_, _) => ScriptedEngine.Throw(new EngineRefusedException(EngineRefusal.QueueFull, "full"));
        using HttpResponseMessage response = await _server.PostAsync("/v1/chat/completions", "{\"model\":\"tiny\"," + Messages + (stream ? ",\"stream\":true}" : "}"));
        await AssertErrorAsync(response, 503, "service_unavailable_error", null, "server_is_overloaded");
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_before_the_first_word_is_a_500_without_inner_details(bool stream)
    {
        _server.Engine.Play = (_, _) => ScriptedEngine.Throw(new InvalidOperationException("secret detail"));
        using HttpResponseMessage response = await _server.PostAsync("/v1/chat/completions", "{\"model\":\"tiny\"," + Messages + (stream ? ",\"stream\":true}" : "}"));
        Assert.DoesNotContain("secret", await AssertErrorAsync(response, 500, "server_error", null, null), StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task A_crash_elsewhere_has_the_same_shape()
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri("/crash", UriKind.Relative));
        Assert.DoesNotContain("secret", await AssertErrorAsync(response, 500, "server_error", null, null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_routes_and_methods_have_the_same_shape()
    {
        using HttpResponseMessage unknown = await _server.PostAsync("/v1/engines", "{}");
        Assert.Equal("Invalid URL (POST /v1/engines)", await AssertErrorAsync(unknown, 404, "invalid_request_error", null, null));
        using HttpResponseMessage method = await _server.Client.GetAsync(new Uri("/v1/chat/completions", UriKind.Relative));
        await AssertErrorAsync(method, 405, "invalid_request_error", null, "method_not_supported");
        Assert.Contains("POST", method.Content.Headers.Allow);
    }

    private async Task RefusesAsync(string path, string json, string? param, string message, string? code)
    {
        using HttpResponseMessage response = await _server.PostAsync(path, json);
        string found = await AssertErrorAsync(response, 400, "invalid_request_error", param, code);
        Assert.Contains(message, found, StringComparison.Ordinal);
        Assert.Empty(_server.Engine.Requests);
    }

    /// <summary>Checks the whole shape and answers the message.</summary>
    internal static async Task<string> AssertErrorAsync(HttpResponseMessage response, int status, string type, string? param, string? code)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement error = document.RootElement.EnumerateObject().Single().Value;
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error.GetProperty("message").GetString()!;
    }
}
