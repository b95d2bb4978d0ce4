using System.Diagnostics;
using System.Text.Json;

namespace Lazuli.EndToEnd.Tests;

/// <summary><c>lazuli bench serve</c> as users run it, against the real server.</summary>
public sealed class BenchServeTests : IAsyncLifetime
{
    private static readonly string[] s_small = ["--requests", "6", "--prompt-tokens", "8-20", "--max-tokens", "2-6", "--json"];
    private readonly LazuliProgram _lazuli = new();

    public async ValueTask InitializeAsync()
    {
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        LazuliProgram.Finished trained = await _lazuli.RunAsync("train", recipe, "--set", "duration.steps=4", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
        Assert.True(trained.ExitCode == 0, trained.Errors);
    }

    public ValueTask DisposeAsync()
    {
        _lazuli.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Starts_a_server_measures_it_and_leaves_nothing()
    {
        LazuliProgram.Finished done = await _lazuli.RunAsync(["bench", "serve", "--model", "tiny", "--concurrency", "1,3", .. s_small]);
        Assert.True(done.ExitCode == 0, done.Errors);
        using JsonDocument result = JsonDocument.Parse(done.Output);
        JsonElement[] levels = [.. result.RootElement.GetProperty("levels").EnumerateArray()];
        Assert.Equal([1, 3], levels.Select(l => l.GetProperty("measured").GetProperty("concurrency").GetInt32()));
        Assert.All(levels, l =>
        {
            JsonElement measured = l.GetProperty("measured");
            Assert.Equal((6, 0), (measured.GetProperty("completed").GetInt32(), measured.GetProperty("failed").GetInt32()));
            Assert.InRange(measured.GetProperty("promptTokens").GetInt32(), 6 * 6, 6 * 24);
            Assert.InRange(measured.GetProperty("completionTokens").GetInt32(), 6, 36);
            Assert.Equal(6, measured.GetProperty("endToEnd").GetProperty("samples").GetInt32());
            Assert.InRange(l.GetProperty("engine").GetProperty("busyShare").GetDouble(), 1e-6, 1.05);
        });
    }

    [Fact]
    public async Task Drives_a_running_server_with_the_key_of_the_environment_and_says_what_is_wrong_without()
    {
        LazuliProgram.Finished made = await _lazuli.RunAsync("key", "create", "bench");
        using Process server = _lazuli.Start("serve", "--port", "0");
        string url = (await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ').Single(w => w.StartsWith("http", StringComparison.Ordinal));
        string[] words = ["bench", "serve", url, "--concurrency", "2", .. s_small];
        LazuliProgram.Finished refused = await _lazuli.RunAsync(words);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("HTTP 401 invalid_api_key", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("LAZULI_API_KEY", refused.Errors, StringComparison.Ordinal);

        _lazuli.Environment["LAZULI_API_KEY"] = made.Output.Split().First(w => w.StartsWith("lzk_", StringComparison.Ordinal));
        LazuliProgram.Finished done = await _lazuli.RunAsync(words);
        Assert.True(done.ExitCode == 0, done.Errors);
        using JsonDocument result = JsonDocument.Parse(done.Output);
        Assert.Equal(6, result.RootElement.GetProperty("levels")[0].GetProperty("measured").GetProperty("completed").GetInt32());
        Assert.Equal("tiny", result.RootElement.GetProperty("model").GetString());

        LazuliProgram.Finished tooLong = await _lazuli.RunAsync("bench", "serve", url, "--concurrency", "1", "--requests", "2", "--prompt-tokens", "5000");
        Assert.Equal(1, tooLong.ExitCode);
        Assert.Contains("HTTP 400 context_length_exceeded", tooLong.Output, StringComparison.Ordinal);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));
    }

    [Fact]
    public async Task Interrupted_it_prints_what_it_measured()
    {
        using Process bench = _lazuli.Start("bench", "serve", "--model", "tiny", "--concurrency", "1,2", "--requests", "20", "--prompt-tokens", "8", "--max-tokens", "4", "--rate", "0.5");
        Task<string> output = bench.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken); // its server starts within them, and 20 requests at 0.5 a second take 40 s
        Assert.Equal(130, await LazuliProgram.TerminateAsync(bench));
        Assert.Contains("unfinished", await output, StringComparison.Ordinal);
    }
}
