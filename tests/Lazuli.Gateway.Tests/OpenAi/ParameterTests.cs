using System.Net;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>What reaches the engine.</summary>
public sealed class ParameterTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GatewayServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Defaults_are_OpenAIs()
    {
        GenerationRequest chat = await ChatAsync("");
        Assert.Equal(new SamplingOptions { Temperature = 1, TopP = 1, TopK = 0, Seed = null }, chat.Sampling);
        Assert.Null(chat.MaxTokens);
        Assert.Empty(chat.Stop);
        Assert.Equal(1, chat.Choices);
        GenerationRequest text = await AskAsync("/v1/completions", """{"model":"tiny","prompt":"a"}""");
        Assert.Equal(16, text.MaxTokens);
    }

    [Fact]
    public async Task Every_parameter_arrives()
    {
        GenerationRequest request = await ChatAsync(""","temperature":0.5,"top_p":0.25,"top_k":40,"min_p":0.1,"presence_penalty":-1,"frequency_penalty":0.5,"repetition_penalty":1.2,"seed":-7,"max_tokens":5,"stop":["a","b"],"n":3,"priority":7""");
        Assert.Equal(new SamplingOptions { Temperature = 0.5, TopP = 0.25, TopK = 40, MinP = 0.1, PresencePenalty = -1, FrequencyPenalty = 0.5, RepetitionPenalty = 1.2, Seed = -7 }, request.Sampling);
        Assert.Equal(5, request.MaxTokens);
        Assert.Equal(["a", "b"], request.Stop);
        Assert.Equal(3, request.Choices);
        Assert.Equal(7, request.Priority);
        Assert.Equal(0, (await ChatAsync("")).Priority);
    }

    [Fact]
    public async Task Biases_and_log_probabilities_arrive()
    {
        Assert.Equal([(5, -100), (17, 2.5)], (await ChatAsync(""","logit_bias":{"5":-100,"17":2.5}""")).Sampling.LogitBias.Select(b => (b.Key, b.Value)).Order());
        Assert.Null((await ChatAsync(""","logprobs":false""")).TopLogProbabilities);
        Assert.Equal(0, (await ChatAsync(""","logprobs":true""")).TopLogProbabilities);
        Assert.Equal(3, (await ChatAsync(""","logprobs":true,"top_logprobs":3""")).TopLogProbabilities);
        Assert.Equal(2, (await AskAsync("/v1/completions", """{"model":"tiny","prompt":"a","logprobs":2}""")).TopLogProbabilities);
    }

    [Fact]
    public async Task What_an_answer_must_be_arrives()
    {
        Assert.Null((await ChatAsync(""","response_format":{"type":"text"}""")).Constraint);
        Assert.IsType<OutputConstraint.JsonObject>((await ChatAsync(""","response_format":{"type":"json_object"}""")).Constraint);
        OutputConstraint? schema = (await ChatAsync(""","response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"string"}}}""")).Constraint;
        Assert.Equal("""{"type":"string"}""", Assert.IsType<OutputConstraint.JsonSchema>(schema).Schema.GetRawText());
        Assert.Equal(new OutputConstraint.Regex("[ab]+"), (await ChatAsync(""","guided_regex":"[ab]+" """)).Constraint);
        Assert.Equal(new OutputConstraint.Gbnf("root ::= \"a\""), (await AskAsync("/v1/completions", """{"model":"tiny","prompt":"a","guided_grammar":"root ::= \"a\""}""")).Constraint);
        Assert.Equal(["yes", "no"], Assert.IsType<OutputConstraint.Choice>((await ChatAsync(""","guided_choice":["yes","no"]""")).Constraint).Texts);
    }

    [Fact]
    public async Task Work_is_counted_to_the_key_that_asked()
    {
        ComputeParty? chat = (await ChatAsync("")).Party;
        Assert.Equal("default", chat!.Project);
        Assert.StartsWith("key_", chat.Key, StringComparison.Ordinal);
        Assert.Equal(chat, (await AskAsync("/v1/completions", """{"model":"tiny","prompt":["a","b"]}""")).Party);
    }

    [Fact]
    public async Task Both_names_of_the_token_limit_may_agree()
    {
        Assert.Equal(9, (await ChatAsync(""","max_completion_tokens":9""")).MaxTokens);
        Assert.Equal(9, (await ChatAsync(""","max_completion_tokens":9,"max_tokens":9""")).MaxTokens);
    }

    [Fact]
    public async Task One_stop_string_stands_for_itself() => Assert.Equal(["END"], (await ChatAsync(""","stop":"END" """)).Stop);

    [Fact]
    public async Task A_top_p_of_zero_means_the_likeliest_token() => Assert.InRange((await ChatAsync(""","top_p":0""")).Sampling.TopP, double.Epsilon, 1e-6);

    [Theory]
    [InlineData("")]
    [InlineData(""","temperature":null,"top_p":null,"seed":null,"stop":null,"n":null,"stream":null,"max_tokens":null,"user":null,"metadata":null""")]
    [InlineData(""","user":"u","store":true,"metadata":{"a":"b"},"service_tier":"auto","parallel_tool_calls":true,"safety_identifier":"s","prompt_cache_key":"k","reasoning_effort":"low","verbosity":"low" """)]
    [InlineData(""","tools":[],"tool_choice":"auto","functions":[],"function_call":"none","response_format":{"type":"text"},"logprobs":false,"top_logprobs":0,"modalities":["text"],"logit_bias":{},"presence_penalty":0,"frequency_penalty":0""")]
    [InlineData(""","something_new":{"x":[1,2]},"another":5""")]
    public async Task Parameters_that_change_nothing_are_accepted(string parameters) => Assert.Equal(1, (await ChatAsync(parameters)).Choices);

    [Fact]
    public async Task Content_parts_become_lines_and_a_developer_is_the_system()
    {
        GenerationRequest request = await AskAsync("/v1/chat/completions", """
            {"model":"tiny","messages":[
                {"role":"developer","content":"Be kind."},
                {"role":"user","name":"ann","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},
                {"role":"assistant","content":"ok","refusal":null,"tool_calls":[]},
                {"role":"user","content":""}]}
            """);
        Assert.Equal(
            [new ChatMessage("system", "Be kind."), new ChatMessage("user", "one\ntwo"), new ChatMessage("assistant", "ok"), new ChatMessage("user", "")],
            Assert.IsType<GenerationPrompt.Chat>(request.Prompt).Messages);
    }

    [Fact]
    public async Task Token_prompts_arrive_as_tokens()
    {
        GenerationRequest one = await AskAsync("/v1/completions", """{"model":"tiny","prompt":[1,2,3]}""");
        Assert.Equal([1, 2, 3], Assert.IsType<GenerationPrompt.Tokens>(one.Prompt).Ids);
        using HttpResponseMessage response = await _server.PostAsync("/v1/completions", """{"model":"tiny","prompt":[[4],[5,6]],"best_of":1,"echo":false,"suffix":null}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["4", "5,6"], _server.Engine.Requests.Skip(1).Select(r => string.Join(',', ((GenerationPrompt.Tokens)r.Prompt).Ids)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_escaped_pair_of_surrogates_is_one_character()
    {
        GenerationRequest request = await AskAsync("/v1/completions", """{"model":"tiny","prompt":"\ud83c\udf0d"}""");
        Assert.Equal("🌍", Assert.IsType<GenerationPrompt.Text>(request.Prompt).Content);
    }

    private Task<GenerationRequest> ChatAsync(string parameters) =>
        AskAsync("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"Hi"}]""" + parameters + "}");

    private async Task<GenerationRequest> AskAsync(string path, string json)
    {
        using HttpResponseMessage response = await _server.PostAsync(path, json);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return _server.Engine.Requests.Last();
    }
}
