using System.Diagnostics;
using Lazuli.Testing;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Models come from a hub: an imitation on this machine, with a content server of another origin.</summary>
public sealed class PulledModelTests : IAsyncLifetime
{
    private readonly LazuliProgram _lazuli = new();
    private HubImitation _hub = null!;
    private byte[] _gguf = [];

    public async ValueTask InitializeAsync()
    {
        _hub = await HubImitation.StartAsync();
        _lazuli.Environment["HF_ENDPOINT"] = _hub.Endpoint;
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        await DoneAsync("train", recipe, "--set", "duration.steps=2", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
        string file = Path.Combine(_lazuli.Home, "tiny.gguf");
        string folder = Path.Combine(_lazuli.Home, "tiny");
        await DoneAsync("model", "export", "tiny", "--format", "gguf", "--type", "f16", "--output", file);
        await DoneAsync("model", "export", "tiny", "--format", "hf", "--output", folder);
        _gguf = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        _hub.Add("acme/Tiny-GGUF", ("README.md", "# tiny"u8.ToArray()), ("tiny-F16.gguf", _gguf), ("tiny-F16-again.gguf", _gguf));
        HubRepository whole = _hub.Add("acme/tiny", [.. Directory.EnumerateFiles(folder).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))]);
        whole.Files["pytorch_model.bin"] = new byte[5_000];
        whole.License = "cc-by-4.0";
        File.Delete(file);
        Directory.Delete(folder, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        _lazuli.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_pulled_folder_answers_as_the_original_and_says_where_it_came_from()
    {
        Assert.Contains("licence CC-BY-4.0", await DoneAsync("model", "pull", "acme/tiny", "--name", "borrowed"), StringComparison.Ordinal);
        string[] ask = ["What does Shop.Basket1.GetTotal do?", "--temperature", "0", "--max-tokens", "8"];
        Assert.Equal(await DoneAsync(["generate", "tiny", .. ask]), await DoneAsync(["generate", "borrowed", .. ask]));
        string shown = await DoneAsync("model", "show", "borrowed");
        Assert.Contains("pull of acme/tiny@aaaaaaaaaaaa", shown, StringComparison.Ordinal);
        Assert.Contains($"acme/tiny at {_hub.Endpoint}, revision main, commit {new string('a', 40)}", shown, StringComparison.Ordinal);
        Assert.Contains($"sha256:{_hub.Repositories["acme/tiny"].TagOf("model.safetensors")}", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, r => r.Path.Contains("pytorch", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_lazuli.Home, "pulls")));

        _hub.Requests.Clear();
        await DoneAsync("model", "pull", "acme/tiny", "--name", "borrowed");
        Assert.DoesNotContain(_hub.Requests, r => r.Path.Contains("resolve", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_several_gguf_files_one_is_named()
    {
        string listed = await RefusedAsync(2, "model", "pull", "acme/Tiny-GGUF");
        Assert.Contains("tiny-F16-again.gguf", listed, StringComparison.Ordinal);
        Assert.Contains("lazuli model pull acme/Tiny-GGUF --file tiny-F16", listed, StringComparison.Ordinal);
        Assert.Contains("Imported tiny-gguf@", await DoneAsync("model", "pull", "acme/Tiny-GGUF", "--file", "tiny-F16.gguf"), StringComparison.Ordinal);
        Assert.Contains("Imported other@", await DoneAsync("model", "pull", "acme/Tiny-GGUF", "--include", "*again*", "--name", "other"), StringComparison.Ordinal);
        string back = Path.Combine(_lazuli.Home, "back.gguf");
        await DoneAsync("model", "export", "other", "--format", "gguf", "--output", back);
        Assert.Equal(_gguf, await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
        await DoneAsync("generate", "other", "What?", "--max-tokens", "2");
    }

    [Fact]
    public async Task Killed_in_the_middle_the_same_command_goes_on()
    {
        const int Kept = 200_000;
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _hub.BeforeContent = async context =>
        {
            context.Response.Headers.ETag = "\"one\"";
            context.Response.ContentLength = _gguf.Length;
            await context.Response.Body.WriteAsync(_gguf.AsMemory(0, Kept));
            await context.Response.Body.FlushAsync();
            half.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        string[] pull = ["model", "pull", "acme/Tiny-GGUF", "--file", "tiny-F16.gguf", "--name", "resumed"];
        using (Process first = _lazuli.Start(pull))
        {
            await half.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            string pulls = Path.Combine(_lazuli.Home, "pulls");
            while (!Directory.EnumerateFiles(pulls, "*.part").Any(f => new FileInfo(f).Length == Kept))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            first.Kill(); // SIGKILL
            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        _hub.BeforeContent = async context =>
        {
            await HubImitation.SendAsync(context, _gguf, "\"one\"", cut: 0);
            return true;
        };
        _hub.Requests.Clear();
        await DoneAsync(pull);
        HubRequest rest = Assert.Single(_hub.Requests, r => r.IsContent);
        Assert.Equal($"bytes={Kept}-", rest.Range);
        Assert.Equal("\"one\"", rest.IfRange);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_lazuli.Home, "pulls")));
    }

    [Fact]
    public async Task A_model_that_cannot_be_run_is_refused_before_its_weights_come()
    {
        HubRepository whole = _hub.Repositories["acme/tiny"];
        HubRepository other = _hub.Add("acme/other", [.. whole.Files.Select(f => (f.Key, f.Value))]);
        other.Files["config.json"] = """{"model_type":"mamba","architectures":["MambaForCausalLM"]}"""u8.ToArray();
        Assert.Contains("model_type", await RefusedAsync(1, "model", "pull", "acme/other"), StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, r => r.Path.Contains("safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_name_their_cause_in_one_line_and_never_the_token()
    {
        Assert.Contains("org/name", await RefusedAsync(2, "model", "pull", "tiny"), StringComparison.Ordinal);
        Assert.Contains("no repository acme/none", await RefusedAsync(1, "model", "pull", "acme/none"), StringComparison.Ordinal);
        Assert.Contains("no revision 'v2'", await RefusedAsync(1, "model", "pull", "acme/tiny@v2"), StringComparison.Ordinal);
        Assert.Contains("give one of them", await RefusedAsync(2, "model", "pull", "acme/tiny", "--file", "a", "--include", "b"), StringComparison.Ordinal);
        _hub.Repositories["acme/tiny"].IsGated = true;
        Assert.Contains("given out on request", await RefusedAsync(3, "model", "pull", "acme/tiny"), StringComparison.Ordinal);
        _lazuli.Environment["HF_TOKEN"] = "hf_secret";
        string refused = await RefusedAsync(3, "model", "pull", "acme/tiny");
        Assert.Contains("has not been let in", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", refused, StringComparison.Ordinal);
        _lazuli.Environment["HF_TOKEN"] = _hub.Token;
        Assert.DoesNotContain(_hub.Token, await DoneAsync("model", "pull", "acme/tiny", "--name", "let-in", "--json"), StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, r => r.IsContent && r.Authorization is not null);
        _lazuli.Environment["HF_ENDPOINT"] = "http://127.0.0.1:1";
        Assert.Contains("http://127.0.0.1:1", await RefusedAsync(4, "model", "pull", "acme/tiny"), StringComparison.Ordinal);
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        LazuliProgram.Finished done = await _lazuli.RunAsync(arguments);
        Assert.True(done.ExitCode == 0, $"{string.Join(' ', arguments)}\n{done.Errors}");
        return done.Output;
    }

    private async Task<string> RefusedAsync(int exitCode, params string[] arguments)
    {
        LazuliProgram.Finished refused = await _lazuli.RunAsync(arguments);
        Assert.True(refused.ExitCode == exitCode, $"{string.Join(' ', arguments)}: {refused.ExitCode}\n{refused.Errors}");
        return refused.Errors;
    }
}
