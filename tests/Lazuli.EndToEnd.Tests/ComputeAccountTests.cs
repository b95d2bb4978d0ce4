using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A run is trained, and its compute is accounted for.</summary>
public sealed partial class ComputeAccountTests : IDisposable
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
        Assert.Equal(run.GetProperty("seconds").GetDouble() / 3600, run.GetProperty("deviceHours").GetDouble(), 1e-9);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("cost").ValueKind);
        Assert.Contains("PricePerDeviceHour", document.RootElement.GetProperty("costNote").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(document.RootElement.GetProperty("definitions").EnumerateArray());
    }

    [Fact]
    public async Task The_report_of_the_month_sums_training_and_serving_by_project()
    {
        await TrainAsync("--set", "duration.steps=4", "--project", "demo");
        long generated = await ServeAsync("partner");
        using JsonDocument runs = await JsonAsync("compute", "runs", "--json");
        using JsonDocument report = await JsonAsync("compute", "report", "--json");
        JsonElement run = Assert.Single(runs.RootElement.GetProperty("runs").EnumerateArray());
        JsonElement total = report.RootElement.GetProperty("total");
        Assert.Equal(["demo", "partner"], report.RootElement.GetProperty("projects").EnumerateArray().Select(p => p.GetProperty("project").GetString()));
        Assert.Equal(run.GetProperty("tokens").GetInt64(), total.GetProperty("training").GetProperty("tokens").GetInt64());
        Assert.Equal(run.GetProperty("flopByCount").GetDouble(), total.GetProperty("training").GetProperty("work").GetProperty("flop").GetDouble());
        Assert.Equal(generated, total.GetProperty("serving").GetProperty("generatedTokens").GetInt64());
        double serving = total.GetProperty("serving").GetProperty("work").GetProperty("flop").GetDouble();
        Assert.True(serving > 0);
        Assert.Equal(run.GetProperty("flopByCount").GetDouble() + serving, total.GetProperty("total").GetProperty("flop").GetDouble(), 1e-3);

        string month = report.RootElement.GetProperty("month").GetString()!;
        LazuliProgram.Finished csv = await _lazuli.RunAsync("compute", "report", "--month", month, "--csv");
        Assert.Equal(0, csv.ExitCode);
        Assert.Contains($"{month},demo,training,", csv.Output, StringComparison.Ordinal);
        LazuliProgram.Finished text = await _lazuli.RunAsync("compute", "report", "--month", month);
        Assert.Contains("utilisation", text.Output, StringComparison.Ordinal);
        Assert.Contains("definitions", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prices_and_budgets_of_the_settings_make_cost_and_tell_over_from_within()
    {
        const string Settings = """{"Compute":{"PricePerDeviceHour":3600,"PricePerKilowattHour":"0.3","Currency":"CHF","MonthlyBudgetMoney":0.000001,"MonthlyBudgetPetaflopDays":2e-3}}""";
        await TrainAsync("--set", "duration.steps=4");
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "config.json"), Settings, TestContext.Current.CancellationToken);
        using JsonDocument document = await JsonAsync("compute", "report", "--json");
        JsonElement report = document.RootElement;
        JsonElement run = Assert.Single(report.GetProperty("runs").EnumerateArray());
        double expected = (run.GetProperty("deviceHours").GetDouble() * 3600) + (run.GetProperty("energyWattHours").GetDouble() * 0.0003);
        Assert.Equal(expected, run.GetProperty("cost").GetDouble(), 1e-6);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("costNote").ValueKind);
        Assert.Equal(("CHF", "over"), (report.GetProperty("moneyForecast").GetProperty("unit").GetString(), report.GetProperty("moneyForecast").GetProperty("standing").GetString()));
        Assert.Equal("within", report.GetProperty("computeForecast").GetProperty("standing").GetString());
        Assert.True(report.GetProperty("total").GetProperty("training").GetProperty("costPerMillionTokens").GetDecimal() > 0);
    }

    [Theory]
    [InlineData("""{"Compute":{"PricePerDeviceHour":"cheap"}}""", "a number such as 0.25; found 'cheap'")]
    [InlineData("""{"Compute":{"PricePerDeviceHour":-1}}""", "between 0 and 1000000")]
    [InlineData("""{"Compute":{"MonthlyBudgetPetaflopDays":"0.02 pfs-days"}}""", "a number such as 0.25; found '0.02 pfs-days'")]
    [InlineData("""{"Compute":{"AssumedUtilisation":33}}""", "between 0.01 and 1")]
    [InlineData("""{"Compute":{"Currency":"euro"}}""", "three capital letters")]
    [InlineData("""{"Compute":{"Project":"a b"}}""", "a project's name is")]
    public async Task Refuses_settings_that_make_no_account(string settings, string told)
    {
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "config.json"), settings, TestContext.Current.CancellationToken);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("compute", "report");
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains(told, finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_run_keeps_its_project_and_counts_its_steps_once()
    {
        await TrainAsync("--set", "duration.steps=4", "--project", "demo");
        using JsonDocument first = await JsonAsync("compute", "runs", "--json");
        await TrainAsync("--set", "duration.steps=4");
        using JsonDocument again = await JsonAsync("compute", "runs", "--json");
        JsonElement before = Assert.Single(first.RootElement.GetProperty("runs").EnumerateArray());
        JsonElement after = Assert.Single(again.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal(before.GetProperty("flopByCount").GetDouble(), after.GetProperty("flopByCount").GetDouble());
        Assert.Equal("demo", after.GetProperty("project").GetString());
        Assert.Equal(before.GetProperty("startedAt").GetString(), after.GetProperty("startedAt").GetString());
    }

    [Fact]
    public async Task A_killed_run_counts_what_it_did_and_after_resuming_each_step_once()
    {
        const int Steps = 40;
        const int StepTokens = 2048;
        string[] settings = ["--set", $"duration.steps={Steps}", "--set", $"batch.tokens={StepTokens}", "--set", "checkpoints.everySteps=5"];
        using Process training = _lazuli.Start(["train", .. await RecipeAsync(), .. settings, "--project", "demo"]);
        while (LinesOfMetrics() < 8 && !training.HasExited)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        training.Kill();
        await training.WaitForExitAsync(TestContext.Current.CancellationToken);
        using JsonDocument killed = await JsonAsync("compute", "runs", "--json");
        Assert.Equal(LinesOfMetrics() * StepTokens, Assert.Single(killed.RootElement.GetProperty("runs").EnumerateArray()).GetProperty("tokens").GetInt64());
        await TrainAsync(settings);
        using JsonDocument resumed = await JsonAsync("compute", "report", "--json");
        JsonElement demo = Assert.Single(resumed.RootElement.GetProperty("projects").EnumerateArray());
        Assert.Equal("demo", demo.GetProperty("project").GetString());
        Assert.Equal(Steps * StepTokens, demo.GetProperty("training").GetProperty("tokens").GetInt64());
    }

    [Fact]
    public async Task A_run_whose_files_are_damaged_or_gone_is_told_of_and_not_guessed()
    {
        await TrainAsync("--set", "duration.steps=4");
        string folder = Assert.Single(Directory.GetDirectories(Path.Combine(_lazuli.Home, "runs")));
        await File.WriteAllTextAsync(Path.Combine(folder, "metrics.jsonl"), "{\"at\": \"yesterday\"}\n\0\0{\"at\"", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "run.json"), "{", TestContext.Current.CancellationToken);
        using JsonDocument damaged = await JsonAsync("compute", "runs", "--json");
        JsonElement run = Assert.Single(damaged.RootElement.GetProperty("runs").EnumerateArray());
        Assert.True(run.GetProperty("flopByCount").GetDouble() > 0); // the registry's
        Assert.NotEmpty(run.GetProperty("notes").EnumerateArray());
        Directory.Delete(folder, recursive: true);
        using JsonDocument gone = await JsonAsync("compute", "report", "--json");
        Assert.True(gone.RootElement.GetProperty("total").GetProperty("total").GetProperty("flop").GetDouble() > 0);
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
        LazuliProgram.Finished trained = await _lazuli.RunAsync(["train", .. await RecipeAsync(), .. more]);
        Assert.True(trained.ExitCode == 0, trained.Errors);
    }

    /// <summary>The tiny recipe on texts made here.</summary>
    private async Task<string[]> RecipeAsync()
    {
        string texts = Directory.CreateDirectory(Path.Combine(_lazuli.Home, "texts")).FullName;
        for (int i = 0; i < 12; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(texts, $"{i}.txt"), string.Join('\n', Enumerable.Range(0, 60).Select(n => $"Line {n} of text {i} is like line {n * i}.")), TestContext.Current.CancellationToken);
        }

        return [Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml"), "--set", $"data.corpus=[{texts}]"];
    }

    /// <summary>Whole steps that the one run has written.</summary>
    private int LinesOfMetrics()
    {
        string runs = Path.Combine(_lazuli.Home, "runs");
        string? file = Directory.Exists(runs) ? Directory.EnumerateFiles(runs, "metrics.jsonl", SearchOption.AllDirectories).SingleOrDefault() : null;
        if (file is null)
        {
            return 0;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite); // the trainer writes it
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Count(l => l.Contains("\"tokensPerSecond\"", StringComparison.Ordinal) && l.EndsWith('}'));
    }

    /// <summary>Serves, asks once with a key of <paramref name="project"/>, stops; returns the tokens that the answer says it took.</summary>
    private async Task<long> ServeAsync(string project)
    {
        string key = (await _lazuli.RunAsync("key", "create", "tests", "--project", project)).Output.Trim();
        using Process server = _lazuli.Start("serve", "--port", "0");
        string? line = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        string url = UrlPattern().Match(line ?? "").Value;
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var body = new StringContent("""{"model":"tiny","prompt":"Line 3 of","max_tokens":12}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(new Uri(url + "/completions"), body, TestContext.Current.CancellationToken);
        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));
        using JsonDocument document = JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt64();
    }

    [GeneratedRegex("http://\\S+")]
    private static partial Regex UrlPattern();

    private async Task<JsonDocument> JsonAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, finished.Errors);
        return JsonDocument.Parse(finished.Output);
    }
}
