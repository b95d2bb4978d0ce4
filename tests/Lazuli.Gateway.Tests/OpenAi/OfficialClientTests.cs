using System.ClientModel;
using System.ClientModel.Primitives;
using Lazuli.Contracts;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace Lazuli.Gateway.Tests;

// Inside the namespace, where they win over our own types of these names.
using ChatCompletion = OpenAI.Chat.ChatCompletion;
using ChatMessage = OpenAI.Chat.ChatMessage;

/// <summary>OpenAI's own .NET client against the real server.</summary>
public sealed class OfficialClientTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GatewayServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task I_can_chat()
    {
        ChatCompletion answer = await Chat().CompleteChatAsync(
            [ChatMessage.CreateSystemMessage("Be kind."), ChatMessage.CreateUserMessage("Hi")],
            new ChatCompletionOptions { Temperature = 0.5f, TopP = 0.5f, MaxOutputTokenCount = 20, StopSequences = { "END" }, EndUserId = "ann" });
        Assert.Equal("Hello, wörld 🌍", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal("tiny@0123456789ab", answer.Model);
        Assert.StartsWith("chatcmpl-", answer.Id, StringComparison.Ordinal);
        Assert.Equal((7, 3, 10, 2), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount, answer.Usage.InputTokenDetails.CachedTokenCount));
        Assert.Null(answer.Refusal);
        Assert.Empty(answer.ToolCalls);

        GenerationRequest asked = Assert.Single(_server.Engine.Requests);
        Assert.Equal(20, asked.MaxTokens);
        Assert.Equal(["END"], asked.Stop);
        Assert.Equal(0.5, asked.Sampling.Temperature);
        Assert.Equal(["system", "user"], Assert.IsType<GenerationPrompt.Chat>(asked.Prompt).Messages.Select(message => message.Role));
    }

    [Fact]
    public async Task I_can_embed_one_text_and_many()
    {
        EmbeddingClient client = Client().GetEmbeddingClient("tiny");
        OpenAIEmbedding one = await client.GenerateEmbeddingAsync("a text"); // asks for base64
        Assert.Equal([0.5f, 0, 1e-7f, 0], one.ToFloats().ToArray());
        OpenAIEmbeddingCollection many = await client.GenerateEmbeddingsAsync(["one", "two", "three"], new EmbeddingGenerationOptions { Dimensions = 4, EndUserId = "ann" });
        Assert.Equal([0, 1, 2], many.Select(e => e.Index));
        Assert.Equal(-0.5f, many[2].ToFloats().Span[1]);
        Assert.Equal((9, 9, "tiny@0123456789ab"), (many.Usage.InputTokenCount, many.Usage.TotalTokenCount, many.Model));
        OpenAIEmbeddingCollection ids = await client.GenerateEmbeddingsAsync([new ReadOnlyMemory<int>([4, 5])]);
        Assert.Single(ids);
        Assert.Equal([4, 5], Assert.IsType<GenerationPrompt.Tokens>(Assert.Single(_server.Engine.Embeddings.Last().Inputs)).Ids);
        Assert.Equal(4, _server.Engine.Embeddings.ElementAt(1).Dimensions);
    }

    [Fact]
    public async Task I_can_read_a_stream_and_its_usage()
    {
        var text = new List<string>();
        ChatFinishReason? reason = null;
        ChatMessageRole? role = null;
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Chat().CompleteChatStreamingAsync("Hi"))
        {
            text.AddRange(update.ContentUpdate.Select(part => part.Text));
            reason ??= update.FinishReason;
            role ??= update.Role;
            usage ??= update.Usage;
        }

        Assert.Equal("Hello, wörld 🌍", string.Concat(text));
        Assert.Equal(ChatFinishReason.Stop, reason);
        Assert.Equal(ChatMessageRole.Assistant, role);
        Assert.Equal((7, 3, 10), (usage!.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
    }

    [Fact]
    public async Task I_see_when_the_limit_ended_an_answer()
    {
        _server.Engine.Play = (request, _) => ScriptedEngine.Say(request, ["cut"], FinishReason.Length);
        ChatCompletion answer = await Chat().CompleteChatAsync("Hi");
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
    }

    [Fact]
    public async Task I_can_list_models_and_get_one()
    {
        OpenAIModelClient client = Client().GetOpenAIModelClient();
        OpenAIModelCollection models = await client.GetModelsAsync();
        Assert.Equal(["tiny", "org/tiny"], models.Select(model => model.Id));
        OpenAIModel one = await client.GetModelAsync("org/tiny");
        Assert.Equal(("org/tiny", "org"), (one.Id, one.OwnedBy));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_001), one.CreatedAt);
    }

    [Fact]
    public async Task Errors_come_with_their_status_type_and_code()
    {
        ClientResultException missing = await Assert.ThrowsAsync<ClientResultException>(() => Chat("huge").CompleteChatAsync("Hi"));
        Assert.Equal(404, missing.Status);
        Assert.Contains("HTTP 404 (invalid_request_error: model_not_found)", missing.Message, StringComparison.Ordinal);
        Assert.Contains("The model 'huge' does not exist", missing.Message, StringComparison.Ordinal);

        ClientResultException key = await Assert.ThrowsAsync<ClientResultException>(() => Chat(key: "lzk_wrong").CompleteChatAsync("Hi"));
        Assert.Equal(401, key.Status);
        Assert.Contains("invalid_api_key", key.Message, StringComparison.Ordinal);

        ClientResultException tools = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync(
            [ChatMessage.CreateUserMessage("Hi")], new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("f") } }));
        Assert.Equal(400, tools.Status);
        Assert.Contains("not supported by this server yet", tools.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_is_tried_again_after_the_time_that_the_server_names()
    {
        int calls = 0;
        _server.Engine.Play = (request, _) => Interlocked.Increment(ref calls) == 1
            ? ScriptedEngine.Throw(new EngineRefusedException(EngineRefusal.QueueFull, "full"))
            : ScriptedEngine.Say(request, ["now"]);
        ChatCompletion answer = await Chat(retries: 1).CompleteChatAsync("Hi");
        Assert.Equal("now", answer.Content[0].Text);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_stream_that_breaks_throws_instead_of_ending()
    {
        _server.Engine.Play = (_, _) => ScriptedEngine.SayThenThrow("early", new InvalidOperationException());
        var text = new List<string>();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate update in Chat().CompleteChatStreamingAsync("Hi"))
            {
                text.AddRange(update.ContentUpdate.Select(part => part.Text));
            }
        });
        Assert.Equal("early", string.Concat(text));
    }

    [Fact]
    public async Task Leaving_a_stream_stops_the_engine()
    {
        _server.Engine.Play = (_, token) => ScriptedEngine.SayThenHang("early", token);
        await foreach (StreamingChatCompletionUpdate update in Chat().CompleteChatStreamingAsync("Hi"))
        {
            if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text == "early")
            {
                break;
            }
        }

        await _server.Engine.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private ChatClient Chat(string model = "tiny", string? key = null, int retries = 0) => Client(key, retries).GetChatClient(model);

    private OpenAIClient Client(string? key = null, int retries = 0) => new(
        new ApiKeyCredential(key ?? _server.Key),
        new OpenAIClientOptions { Endpoint = new Uri(_server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(retries) });
}
