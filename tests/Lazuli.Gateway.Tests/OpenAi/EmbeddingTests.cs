using System.Net;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>What the embeddings route passes on, and what it refuses.</summary>
public sealed class EmbeddingTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GatewayServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("\"one\"", "text one")]
    [InlineData("[\"one\",\"two\"]", "text one; text two")]
    [InlineData("[5,6]", "tokens 5 6")]
    [InlineData("[[5,6],[7]]", "tokens 5 6; tokens 7")]
    public async Task Inputs_come_in_four_forms(string input, string expected)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/embeddings", $$"""{"model":"tiny","input":{{input}},"user":"ann","dimensions":4,"pooling":"cls","priority":3,"encoding_format":"float"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        EmbeddingRequest asked = Assert.Single(_server.Engine.Embeddings);
        Assert.Equal(expected, string.Join("; ", asked.Inputs.Select(i => i is GenerationPrompt.Text text ? "text " + text.Content : "tokens " + string.Join(' ', ((GenerationPrompt.Tokens)i).Ids))));
        Assert.Equal((4, EmbeddingPooling.First, 3, "default"), (asked.Dimensions, asked.Pooling, asked.Priority, asked.Party?.Project));
    }

    [Theory]
    [InlineData("""{"input":"x"}""", "model", "you must provide a model parameter")]
    [InlineData("""{"model":"tiny"}""", "input", "Missing required parameter: 'input'")]
    [InlineData("""{"model":"tiny","input":""}""", "input", "cannot be an empty string")]
    [InlineData("""{"model":"tiny","input":["x",""]}""", "input[1]", "cannot be an empty string")]
    [InlineData("""{"model":"tiny","input":[]}""", "input", "[] is too short - 'input'")]
    [InlineData("""{"model":"tiny","input":[[]]}""", "input[0]", "[] is too short")]
    [InlineData("""{"model":"tiny","input":7}""", "input", "expected a string, an array of strings")]
    [InlineData("""{"model":"tiny","input":["x",7]}""", "input[1]", "expected a string")]
    [InlineData("""{"model":"tiny","input":[1,-7]}""", "input", "a token is an integer from 0")]
    [InlineData("""{"model":"tiny","input":"x","encoding_format":"hex"}""", "encoding_format", "'float' or 'base64', but got 'hex'")]
    [InlineData("""{"model":"tiny","input":"x","dimensions":0}""", "dimensions", "0 is less than the minimum of 1 - 'dimensions'")]
    [InlineData("""{"model":"tiny","input":"x","dimensions":5}""", "dimensions", "5 is greater than the maximum of 4 - 'dimensions'")]
    [InlineData("""{"model":"tiny","input":"x","pooling":"max"}""", "pooling", "but got 'max'")]
    [InlineData("""{"model":"tiny","input":"x","user":1}""", "user", "expected a string")]
    [InlineData("""{"model":"org/tiny","input":"x"}""", "model", "makes no embeddings")]
    public async Task Refuses_bad_requests(string json, string param, string message)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/embeddings", json);
        (string? foundParam, string found) = await ErrorAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, foundParam);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_at_most_2048_inputs()
    {
        string Many(int count) => $$"""{"model":"tiny","input":[{{string.Join(',', Enumerable.Repeat("\"x\"", count))}}]}""";
        using HttpResponseMessage most = await _server.PostAsync("/v1/embeddings", Many(2048));
        using HttpResponseMessage more = await _server.PostAsync("/v1/embeddings", Many(2049));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (most.StatusCode, more.StatusCode));
    }

    [Theory]
    [InlineData(EngineRefusal.ContextLengthExceeded, 400, "input", "context_length_exceeded")]
    [InlineData(EngineRefusal.DimensionsNotSupported, 400, "dimensions", null)]
    [InlineData(EngineRefusal.QueueFull, 503, null, "server_is_overloaded")]
    [InlineData(EngineRefusal.ShuttingDown, 503, null, "server_shutting_down")]
    public async Task An_engines_refusal_is_an_error_of_its_kind(EngineRefusal reason, int status, string? param, string? code)
    {
        _server.Engine.Embed = (_, _) => Task.FromException<EmbeddingResult>(new EngineRefusedException(reason, "because"));
        using HttpResponseMessage response = await _server.PostAsync("/v1/embeddings", """{"model":"tiny","input":"x"}""");
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        JsonElement error = body.RootElement.GetProperty("error");
        Assert.Equal((status, param, code), ((int)response.StatusCode, error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task What_the_model_cannot_take_is_said_in_the_clients_words()
    {
        _server.Engine.Embed = (request, _) => Task.FromException<EmbeddingResult>(new ArgumentException("Token id 7000 is not in the vocabulary of 1000.", nameof(request)));
        using HttpResponseMessage response = await _server.PostAsync("/v1/embeddings", """{"model":"tiny","input":[7000]}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("input", "The input cannot be given to this model: Token id 7000 is not in the vocabulary of 1000."), await ErrorAsync(response));
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_work()
    {
        var ended = new TaskCompletionSource();
        _server.Engine.Embed = async (_, cancel) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancel);
            }
            finally
            {
                ended.SetResult();
            }

            throw new InvalidOperationException("unreachable");
        };
        using var stop = new CancellationTokenSource();
        Task<HttpResponseMessage> asked = _server.OpenStreamAsync("/v1/embeddings", """{"model":"tiny","input":"x"}""", stop.Token);
        while (_server.Engine.Embeddings.IsEmpty)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Results_that_are_no_numbers_are_a_fault_of_the_server()
    {
        _server.Engine.Embed = (_, _) => Task.FromException<EmbeddingResult>(new InvalidOperationException("not finite"));
        using HttpResponseMessage response = await _server.PostAsync("/v1/embeddings", """{"model":"tiny","input":"x"}""");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("not finite", (await ErrorAsync(response)).Message, StringComparison.Ordinal);
    }

    private static async Task<(string? Param, string Message)> ErrorAsync(HttpResponseMessage response)
    {
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        JsonElement error = body.RootElement.GetProperty("error");
        return (error.GetProperty("param").GetString(), error.GetProperty("message").GetString()!);
    }
}
