using System.Text.Json;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A run is trained, and its compute is accounted for.</summary>
public sealed class ComputeAccountTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task A_trained_run_is_accounted_for_by_both_methods()
    {
        await TrainAsync("--set", "duration.steps=4", "--project", "demo");
        using JsonDocument document = await JsonAsync("compute", "runs", "--json");
        JsonElement run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray());
        double byCount = run.GetProperty("flopByCount").GetDouble();
        double byTime = run.GetProperty("flopByTime").GetDouble();
        Assert.Equal("demo", run.GetProperty("project").GetString());
        Assert.Equal(4 * 1024, run.GetProperty("tokens").GetInt64());
        Assert.True(byCount > 0 && byTime > 0);
        Assert.Equal(byCount / byTime, run.GetProperty("ratioCountToTime").GetDouble(), 1e-9);
        Assert.Equal(byCount / 8.64e19, run.GetProperty("petaflopDays").GetDouble(), 1e-20);
        Assert.Equal(Environment.ProcessorCount, run.GetProperty("devices").GetInt32());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("cost").ValueKind);
        Assert.Contains("PricePerDeviceHour", document.RootElement.GetProperty("costNote").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(document.RootElement.GetProperty("definitions").EnumerateArray());
    }

    [Fact]
    public async Task A_home_without_runs_has_an_empty_account()
    {
        using JsonDocument document = await JsonAsync("compute", "runs", "--json");
        Assert.Empty(document.RootElement.GetProperty("runs").EnumerateArray());
        LazuliProgram.Finished table = await _lazuli.RunAsync("compute", "runs");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("definitions", table.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();

    private async Task TrainAsync(params string[] more)
    {
        string texts = Directory.CreateDirectory(Path.Combine(_lazuli.Home, "texts")).FullName;
        for (int i = 0; i < 12; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(texts, $"{i}.txt"), string.Join('\n', Enumerable.Range(0, 60).Select(n => $"Line {n} of text {i} is like line {n * i}.")), TestContext.Current.CancellationToken);
        }

        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        LazuliProgram.Finished trained = await _lazuli.RunAsync(["train", recipe, "--set", $"data.corpus=[{texts}]", .. more]);
        Assert.True(trained.ExitCode == 0, trained.Errors);
    }

    private async Task<JsonDocument> JsonAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, finished.Errors);
        return JsonDocument.Parse(finished.Output);
    }
}
