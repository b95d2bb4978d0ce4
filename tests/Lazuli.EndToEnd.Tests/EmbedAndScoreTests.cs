using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Vectors and scores as users get them: from the command line, and from a server with the same numbers.</summary>
public sealed class EmbedAndScoreTests : IAsyncLifetime
{
    private readonly LazuliProgram _lazuli = new();

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        await DoneAsync("train", recipe, "--set", "duration.steps=20", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
    }

    public ValueTask DisposeAsync()
    {
        _lazuli.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Texts_have_vectors_of_length_one_and_nearness()
    {
        using JsonDocument result = JsonDocument.Parse(await DoneAsync("embed", "tiny", "What is a basket?", "What is a basket?", "Gets the price.", "--similarity", "--json"));
        JsonElement root = result.RootElement;
        Assert.Equal("mean", root.GetProperty("pooling").GetString());
        double[][] vectors = [.. root.GetProperty("embeddings").EnumerateArray().Select(e => e.GetProperty("vector").EnumerateArray().Select(v => v.GetDouble()).ToArray())];
        Assert.All(vectors, v => Assert.Equal(1, v.Sum(x => x * x), 1e-5));
        Assert.Equal(vectors[0], vectors[1]);
        Assert.NotEqual(vectors[0], vectors[2]);
        Assert.Equal(vectors[0].Zip(vectors[2], (a, b) => a * b).Sum(), root.GetProperty("similarity")[0][2].GetDouble(), 1e-6);

        string lines = await DoneAsync("embed", "tiny", "What is a basket?");
        Assert.Equal(vectors[0].Select(v => (float)v), lines.Trim().Split(' ').Select(float.Parse));
        await RefusedAsync(3, "is_matryoshka", "embed", "tiny", "x", "--dimensions", "8");
        await RefusedAsync(2, "from 1 to 64", "embed", "tiny", "x", "--dimensions", "65");
        await RefusedAsync(3, "context holds 64 tokens", "embed", "tiny", new string('x', 3000));
        await RefusedAsync(2, "Continuation 0 is empty", "score", "tiny", "--prompt", "x", "--continuation", "");
    }

    [Fact]
    public async Task An_imported_model_keeps_how_its_texts_become_vectors_in_every_form()
    {
        string folder = Path.Combine(_lazuli.Home, "folder"), gguf = Path.Combine(_lazuli.Home, "small.gguf"), back = Path.Combine(_lazuli.Home, "back");
        await DoneAsync("model", "export", "tiny", "--format", "hf", "--output", folder);
        string config = Path.Combine(folder, "config.json");
        string text = await File.ReadAllTextAsync(config, TestEnd);
        await File.WriteAllTextAsync(config, text.Insert(text.IndexOf('{', StringComparison.Ordinal) + 1, "\"matryoshka_dimensions\": [8, 16],"), TestEnd);
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        await File.WriteAllTextAsync(Path.Combine(folder, "1_Pooling", "config.json"), """{"pooling_mode_lasttoken": true}""", TestEnd);
        await DoneAsync("model", "import", folder, "--name", "embedder");
        await DoneAsync("model", "quantize", "embedder", "--to", "q8_0", "--output", gguf);
        await DoneAsync("model", "export", "embedder", "--format", "hf", "--output", back);
        foreach (string model in (string[])[folder, "embedder", gguf, back])
        {
            using JsonDocument result = JsonDocument.Parse(await DoneAsync("embed", model, "What is a basket?", "--dimensions", "8", "--json"));
            Assert.Equal("last", result.RootElement.GetProperty("pooling").GetString());
            Assert.Equal(8, result.RootElement.GetProperty("embeddings")[0].GetProperty("vector").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_server_gives_the_vectors_and_scores_of_the_command_line()
    {
        const string Prompt = "Gets the price of basket 1";
        string[] continuations = [" as a string.", " of"];
        using JsonDocument scored = JsonDocument.Parse(await DoneAsync("score", "tiny", "--prompt", Prompt, "--continuation", continuations[0], "--continuation", continuations[1], "--json"));
        using JsonDocument embedded = JsonDocument.Parse(await DoneAsync("embed", "tiny", Prompt, "--json"));
        using JsonDocument whole = JsonDocument.Parse(await DoneAsync("score", "tiny", "--continuation", Prompt, "--continuation", Prompt + continuations[0], "--continuation", Prompt + continuations[1], "--json"));
        int[][] ids = [.. whole.RootElement.GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("tokens").EnumerateArray().Select(t => t.GetProperty("id").GetInt32()).ToArray())];
        string key = (await DoneAsync("key", "create", "test")).Split().First(w => w.StartsWith("lzk_", StringComparison.Ordinal));
        using Process server = _lazuli.Start("serve", "--port", "0");
        string url = (await server.StandardError.ReadLineAsync(TestEnd))!.Split(' ').Single(w => w.StartsWith("http", StringComparison.Ordinal));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        using JsonDocument vectors = await AskAsync("embeddings", new { model = "tiny", input = new[] { Prompt, "another" }, encoding_format = "base64" });
        byte[] bytes = vectors.RootElement.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        float[] expected = [.. embedded.RootElement.GetProperty("embeddings")[0].GetProperty("vector").EnumerateArray().Select(v => v.GetSingle())];
        Assert.Equal(expected, Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i))));

        // As EleutherAI's harness asks: token ids, one token generated and dropped, the context's columns left out.
        using JsonDocument harness = await AskAsync("completions", new { model = "tiny", prompt = ids[1..], temperature = 0, max_tokens = 1, logprobs = 1, seed = 1234, echo = true });
        using JsonDocument only = await AskAsync("completions", new { model = "tiny", prompt = ids[1..], max_tokens = 0, logprobs = 1, echo = true });
        for (int i = 0; i < continuations.Length; i++)
        {
            JsonElement score = scored.RootElement.GetProperty("scores")[i];
            JsonElement logprobs = harness.RootElement.GetProperty("choices")[i].GetProperty("logprobs");
            double[] columns = [.. logprobs.GetProperty("token_logprobs").EnumerateArray().Skip(ids[0].Length).SkipLast(1).Select(l => l.GetDouble())];
            bool isGreedy = columns.Zip(logprobs.GetProperty("top_logprobs").EnumerateArray().Skip(ids[0].Length)).All(c => c.First == c.Second.EnumerateObject().Max(p => p.Value.GetDouble()));
            Assert.Equal(score.GetProperty("tokens").EnumerateArray().Select(t => t.GetProperty("logProbability").GetDouble()), columns);
            Assert.Equal(score.GetProperty("isGreedy").GetBoolean(), isGreedy);
            Assert.Equal(columns, only.RootElement.GetProperty("choices")[i].GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Skip(ids[0].Length).Select(l => l.GetDouble()));
            Assert.Equal(Prompt + continuations[i], only.RootElement.GetProperty("choices")[i].GetProperty("text").GetString());
        }

        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));

        async Task<JsonDocument> AskAsync(string route, object body)
        {
            using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await client.PostAsync(new Uri($"{url}/{route}"), content, TestEnd);
            string text = await response.Content.ReadAsStringAsync(TestEnd);
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonDocument.Parse(text);
        }
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        LazuliProgram.Finished done = await _lazuli.RunAsync(arguments);
        Assert.True(done.ExitCode == 0, $"{string.Join(' ', arguments)}\n{done.Errors}");
        return done.Output;
    }

    private async Task RefusedAsync(int exitCode, string says, params string[] arguments)
    {
        LazuliProgram.Finished refused = await _lazuli.RunAsync(arguments);
        Assert.True(refused.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {refused.ExitCode}\n{refused.Errors}");
        Assert.Contains(says, refused.Errors, StringComparison.Ordinal);
    }
}
