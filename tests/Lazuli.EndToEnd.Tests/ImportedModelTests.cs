using System.Text.Json;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A model leaves as GGUF and comes back as other people's models do.</summary>
public sealed class ImportedModelTests : IAsyncLifetime
{
    private readonly LazuliProgram _lazuli = new();

    private string Full => Path.Combine(_lazuli.Home, "full.gguf");

    private string Small => Path.Combine(_lazuli.Home, "small.gguf");

    public async ValueTask InitializeAsync()
    {
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        await DoneAsync("train", recipe, "--set", "duration.steps=30", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
        await DoneAsync("model", "export", "tiny", "--format", "gguf", "--type", "f32", "--output", Full);
        await DoneAsync("model", "export", "tiny", "--format", "gguf", "--type", "q8_0", "--output", Small);
    }

    public ValueTask DisposeAsync()
    {
        _lazuli.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_imported_model_says_what_the_original_says_and_leaves_as_it_came()
    {
        string imported = await DoneAsync("model", "import", Full, "--name", "back", "--licence", "Apache-2.0");
        Assert.Contains("Imported back@", imported, StringComparison.Ordinal);
        Assert.Contains("licence Apache-2.0", imported, StringComparison.Ordinal);
        string[] ask = ["What does Shop.Basket1.GetTotal do?", "--temperature", "0", "--max-tokens", "16"];
        Assert.Equal(await DoneAsync(["generate", "tiny", .. ask]), await DoneAsync(["generate", "back", .. ask]));
        Assert.Contains("GGUF 3: F32", await DoneAsync("model", "show", "back"), StringComparison.Ordinal);

        string again = Path.Combine(_lazuli.Home, "again.gguf");
        await DoneAsync("model", "export", "back", "--format", "gguf", "--output", again);
        Assert.Equal(await File.ReadAllBytesAsync(Full, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(again, TestContext.Current.CancellationToken));
        string folder = Path.Combine(_lazuli.Home, "folder");
        await DoneAsync("model", "export", "back", "--format", "hf", "--output", folder);
        await DoneAsync("model", "import", folder, "--name", "third");
        Assert.Equal(await DoneAsync(["generate", "tiny", .. ask]), await DoneAsync(["generate", "third", .. ask]));
    }

    [Fact]
    public async Task Bench_infer_prints_shares_of_limits_measured_beside()
    {
        using JsonDocument result = JsonDocument.Parse(await DoneAsync("bench", "infer", Small, "-p", "32", "-n", "16", "--parallel", "1,2", "--json"));
        JsonElement root = result.RootElement;
        Assert.Contains("mapped", root.GetProperty("weights").GetString(), StringComparison.Ordinal);
        Assert.InRange(root.GetProperty("prefill").GetProperty("fmaShare").GetDouble(), 1e-6, 5);
        Assert.Equal([1, 2], root.GetProperty("decodes").EnumerateArray().Select(d => d.GetProperty("parallel").GetInt32()));
        Assert.All(root.GetProperty("decodes").EnumerateArray(), d =>
        {
            Assert.True(d.GetProperty("tokensPerSecond").GetDouble() > 0);
            Assert.InRange(d.GetProperty("readShare").GetDouble(), 1e-6, 50); // so small a model lies in the cache
        });
        Assert.True(root.GetProperty("firstTokenSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Damaged_files_and_weights_that_are_no_numbers_are_refused_and_leave_nothing()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Full, TestContext.Current.CancellationToken);
        string cut = Path.Combine(_lazuli.Home, "cut.gguf");
        await File.WriteAllBytesAsync(cut, bytes[..^100], TestContext.Current.CancellationToken);
        await RefusedAsync(1, "cut.gguf", "model", "import", cut);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 1024); // among the last tensor's values
        string infinite = Path.Combine(_lazuli.Home, "nan.gguf");
        await File.WriteAllBytesAsync(infinite, bytes, TestContext.Current.CancellationToken);
        await RefusedAsync(1, "finite weights", "model", "import", infinite);
        await RefusedAsync(2, "no file or folder", "model", "import", Path.Combine(_lazuli.Home, "nothing.gguf"));
        await RefusedAsync(2, "--name", "model", "import", Full, "--name", "../escape");
        await RefusedAsync(2, "--parallel", "bench", "infer", Small, "--parallel", "1,none");
        await RefusedAsync(2, "context", "bench", "infer", Small, "-p", "100000");
        Assert.DoesNotContain(Directory.EnumerateDirectories(_lazuli.Home, "new-import-*", SearchOption.AllDirectories), _ => true);
    }

    [Fact]
    public async Task A_folder_is_kept_as_it_is_stored_or_as_asked()
    {
        string folder = Path.Combine(_lazuli.Home, "folder-in");
        await DoneAsync("model", "export", "tiny", "--format", "hf", "--output", folder);
        await DoneAsync("model", "import", folder, "--name", "kept");
        Assert.Contains("kept as GGUF 3: F32", await DoneAsync("model", "show", "kept"), StringComparison.Ordinal);
        await DoneAsync("model", "import", folder, "--name", "halved", "--to", "bf16");
        Assert.Contains("kept as GGUF 3: BF16", await DoneAsync("model", "show", "halved"), StringComparison.Ordinal);
        await DoneAsync("model", "import", Full, "--name", "eighths", "--to", "q8_0");
        Assert.Contains("Q8_0", await DoneAsync("model", "show", "eighths"), StringComparison.Ordinal);
        string[] ask = ["What does Shop.Basket1.GetTotal do?", "--temperature", "0", "--max-tokens", "16"];
        Assert.Equal(await DoneAsync(["generate", "tiny", .. ask]), await DoneAsync(["generate", "kept", .. ask]));
        await DoneAsync(["generate", "halved", .. ask]);
        string kept = Directory.EnumerateDirectories(Path.Combine(_lazuli.Home, "models", "kept")).Single();
        Assert.True(File.Exists(Path.Combine(kept, "tokenizer.json")));
        Assert.Empty(Directory.EnumerateFiles(kept, "*.safetensors"));

        byte[] weights = await File.ReadAllBytesAsync(Path.Combine(folder, "model.safetensors"), TestContext.Current.CancellationToken);
        BitConverter.GetBytes(float.PositiveInfinity).CopyTo(weights, weights.Length - 64);
        await File.WriteAllBytesAsync(Path.Combine(folder, "model.safetensors"), weights, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_lazuli.Home, "models", "new-import-killed")); // as a killed process leaves it
        await RefusedAsync(1, "finite weights", "model", "import", folder);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_lazuli.Home, "models"), "new-import-*"));
    }

    [Fact]
    public async Task A_file_put_in_the_place_of_an_imported_one_is_told_by_what_differs()
    {
        await DoneAsync("model", "import", Small, "--name", "swapped");
        string file = Directory.EnumerateFiles(Path.Combine(_lazuli.Home, "models", "swapped"), "model.gguf", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        DateTime time = File.GetLastWriteTimeUtc(file);
        File.Delete(file);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken); // restored from a backup: the same content
        await DoneAsync("generate", "swapped", "What?", "--max-tokens", "1");
        Assert.True(File.Exists(Path.GetDirectoryName(file) + ".seal")); // read once, written down
        await DoneAsync("generate", "swapped", "What?", "--max-tokens", "1");
        time = File.GetLastWriteTimeUtc(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file + ".new", bytes, TestContext.Current.CancellationToken);
        File.Move(file + ".new", file, overwrite: true);
        File.SetLastWriteTimeUtc(file, time);
        await RefusedAsync(1, OperatingSystem.IsLinux() ? "its inode differs" : "is not the file", "generate", "swapped", "What?");
        File.Delete(file);
        await RefusedAsync(1, "it is gone", "generate", "swapped", "What?");
    }

    [Fact]
    public async Task A_file_that_changed_since_its_import_is_not_run()
    {
        await DoneAsync("model", "import", Small, "--name", "sealed");
        string file = Directory.EnumerateFiles(Path.Combine(_lazuli.Home, "models", "sealed"), "model.gguf", SearchOption.AllDirectories).Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(file) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllBytesAsync(file, await File.ReadAllBytesAsync(Full, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await RefusedAsync(1, "is not the file that was imported", "generate", "sealed", "What?");
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
