using System.Text.Json;

namespace Lazuli.EndToEnd.Tests;

public sealed class ComputeTrendTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task The_trend_is_told_in_a_table_with_claims_own_runs_and_definitions()
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "trend");
        Assert.Equal((0, string.Empty), (finished.ExitCode, finished.Errors));
        foreach (string said in new[] { "3.34", "line of best fit", "320,690", "3.43 months did not last", "your runs: none yet", "CC BY 4.0", "definitions", "sha256:" })
        {
            Assert.Contains(said, finished.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_stands_on_the_chart_and_in_the_document()
    {
        string tiny = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        Assert.Equal(0, (await _lazuli.RunAsync("train", tiny, "--set", "duration.steps=4")).ExitCode);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "trend", "--svg", "trend.svg", "--png", "trend.png", "--json");
        Assert.Equal(0, finished.ExitCode);
        Assert.Equal(["wrote trend.svg", "wrote trend.png"], finished.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)); // and nothing about fonts
        using JsonDocument document = JsonDocument.Parse(finished.Output);
        JsonElement run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray());
        Assert.True(run.GetProperty("flopByCount").GetDouble() > 0);
        Assert.True(run.GetProperty("flopByTime").GetDouble() > 0);
        Assert.True(run.GetProperty("alexNetTimesMore").GetDouble() > 1);
        Assert.Contains("your run tiny", await File.ReadAllTextAsync(Path.Combine(_lazuli.Home, "trend.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(_lazuli.Home, "trend.png")).Length > 100_000);
    }

    [Fact]
    public async Task A_table_of_ones_own_is_read_and_its_line_told()
    {
        string path = Path.Combine(_lazuli.Home, "mine.csv");
        await File.WriteAllTextAsync(path, "system,date,flop\nA,2012,1e18\nB,2013,1e19\nC,2014,1e20\n", TestContext.Current.CancellationToken);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "trend", "--dataset", path, "--scope", "direct", "--from", "2010");
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("3.61", finished.Output, StringComparison.Ordinal); // ten times a year: 12 · log10(2)
        await File.WriteAllTextAsync(path, "system,date,flop\nA,2012,lots\n", TestContext.Current.CancellationToken);
        LazuliProgram.Finished refused = await _lazuli.RunAsync("compute", "trend", "--dataset", path);
        Assert.Equal((1, string.Empty), (refused.ExitCode, refused.Output));
        Assert.Contains("line 2: expected operations as a positive number", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_that_cannot_be_written_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "file"), "not a folder", TestContext.Current.CancellationToken);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "trend", "--svg", "file/trend.svg");
        Assert.Equal((1, string.Empty), (finished.ExitCode, finished.Output));
        Assert.Contains("file", finished.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", finished.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();
}
