using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Lazuli.EndToEnd.Tests;

/// <summary>The official OpenAI client for Node against the real server: what it lists, asks, streams and throws.</summary>
public sealed partial class OpenAiNodeClient : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task The_official_client_lists_asks_streams_and_knows_our_errors()
    {
        NodeProgram.SkipUnlessInstalled("openai");
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        LazuliProgram.Finished trained = await _lazuli.RunAsync("train", recipe, "--set", "duration.steps=20", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        LazuliProgram.Finished made = await _lazuli.RunAsync("key", "create", "node");
        using Process server = _lazuli.Start("serve", "--port", "0");
        string? line = await server.StandardError.ReadLineAsync(cancel);

        JsonObject answer = await NodeProgram.AskAsync("openai-client-probe.mjs", new JsonObject
        {
            ["url"] = UrlPattern().Match(line!).Value.TrimEnd('/') + "/v1",
            ["key"] = KeyPattern().Match(made.Output).Value,
            ["model"] = "tiny",
            ["question"] = "What does Shop.Basket1.GetTotal do?",
        }, cancel);

        Assert.Equal(["tiny"], answer["models"].Items<string>());
        JsonNode whole = answer["whole"]!;
        Assert.Equal(whole["choices"]![0]!["message"]!["content"]!.GetValue<string>(), answer["streamed"]!.GetValue<string>());
        Assert.Equal(whole["choices"]![0]!["finish_reason"]!.GetValue<string>(), answer["finish"]!.GetValue<string>());
        Assert.Equal(whole["usage"]!.ToJsonString(), answer["usage"]!.ToJsonString());
        Assert.InRange(answer["completion"]!["usage"]!["completion_tokens"]!.GetValue<int>(), 1, 4);
        float[][] vectors = [.. answer["embeddings"]!["floats"]!.AsArray().Select(v => v.Items<float>())];
        Assert.Equal(vectors, answer["embeddings"]!["byDefault"]!.AsArray().Select(v => v.Items<float>())); // which asks for base64 and decodes it
        Assert.All(vectors, v => Assert.Equal(1, v.Sum(x => (double)x * x), 1e-5));
        JsonNode echoed = answer["echoed"]!["choices"]![0]!;
        Assert.Equal("Gets the", echoed["text"]!.GetValue<string>());
        Assert.Null(echoed["logprobs"]!["token_logprobs"]![0]);
        Assert.All(echoed["logprobs"]!["token_logprobs"]!.AsArray().Skip(1), l => Assert.True(l!.GetValue<double>() < 0));
        Assert.Equal(("AuthenticationError", 401), Failure("wrongKey"));
        Assert.Equal(("NotFoundError", 404), Failure("wrongModel"));
        Assert.Equal(("BadRequestError", 400), Failure("wrongValue"));
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));

        (string, int) Failure(string name) => (answer[name]!["kind"]!.GetValue<string>(), answer[name]!["status"]!.GetValue<int>());
    }

    public void Dispose() => _lazuli.Dispose();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex UrlPattern();

    [GeneratedRegex("lzk_[0-9A-Za-z]+")]
    private static partial Regex KeyPattern();
}
