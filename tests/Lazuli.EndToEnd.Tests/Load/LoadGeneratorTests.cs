using System.Text.Json;
using Lazuli.Cli;

namespace Lazuli.EndToEnd.Tests;

/// <summary>The load itself: how much, of what, when, and the sums over it.</summary>
public sealed class LoadGeneratorTests
{
    private static readonly LoadShape s_shape = new(new TokenRange(20, 60), new TokenRange(3, 9), 0.5, 1, 7);

    [Fact]
    public async Task Asks_as_often_and_as_much_at_once_as_it_should()
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        var together = new Barrier(4);
        server.Answer = async (context, prompt) =>
        {
            if (FakeCompletionServer.CountOf(prompt) > LoadPrompts.MoreWords)
            {
                await Task.Run(() => together.SignalAndWait(TimeSpan.FromSeconds(30)), TestContext.Current.CancellationToken); // four are here at once, or the test ends in a timeout
            }

            await FakeCompletionServer.StreamAsync(context, FakeCompletionServer.Words(prompt, "a", "b"));
        };
        LoadMeasurement measured = await MeasureAsync(server, s_shape, concurrency: 4, requests: 12);
        Assert.Equal((12, 0, 0), (measured.Completed, measured.Failed, measured.Unfinished));
        Assert.Equal(4, server.MostAtOnce);
        JsonElement[] bodies = [.. server.Requests.Skip(2).Select(r => r.Body)];
        int[] lengths = [.. bodies.Select(b => FakeCompletionServer.CountOf(b.GetProperty("prompt").GetString()!))];
        Assert.All(lengths, length => Assert.InRange(length, 20, 60));
        Assert.All(bodies, b => Assert.InRange(b.GetProperty("max_tokens").GetInt32(), 3, 9));
        Assert.Equal(lengths.Sum(), measured.PromptTokens);
        Assert.Equal(24, measured.CompletionTokens);
        Assert.Equal(measured.CompletionTokens / measured.Seconds, measured.CompletionTokensPerSecond, 1e-9);
        Assert.Equal((12, 12, 12, 12), (measured.TimeToFirstToken!.Samples, measured.BetweenTokens!.Samples, measured.PerOutputToken!.Samples, measured.EndToEnd!.Samples));
    }

    [Fact]
    public void Equal_seeds_give_equal_requests_and_levels_share_lengths_but_no_words()
    {
        LoadRequest[] first = [.. Enumerable.Range(0, 50).Select(i => new LoadPrompts(s_shape).Of(0, i))];
        Assert.Equal(first, Enumerable.Range(0, 50).Select(i => new LoadPrompts(s_shape).Of(0, i)));
        LoadRequest[] second = [.. Enumerable.Range(0, 50).Select(i => new LoadPrompts(s_shape with { SharedPrefix = 0 }).Of(1, i))];
        Assert.Equal(first.Select(r => (r.Prompt.Length, r.MaxTokens)), second.Select(r => (r.Prompt.Length, r.MaxTokens)));
        Assert.Equal(50, second.Select(r => r.Prompt).Concat(Enumerable.Range(0, 50).Select(i => new LoadPrompts(s_shape with { SharedPrefix = 0 }).Of(0, i).Prompt)).Distinct().Count() - 50);
        Assert.NotEqual(first, Enumerable.Range(0, 50).Select(i => new LoadPrompts(s_shape with { Seed = 8 }).Of(0, i)));
    }

    [Fact]
    public void The_shared_part_of_prompts_is_the_same_in_all_and_the_rest_is_not()
    {
        var prompts = new LoadPrompts(s_shape with { PromptTokens = new TokenRange(40, 40) });
        string[][] texts = [.. Enumerable.Range(0, 20).Select(i => prompts.Of(i % 3, i).Prompt.Split(' '))];
        Assert.Single(texts.Select(t => string.Join(' ', t[..20])).Distinct());
        Assert.Equal(20, texts.Select(t => string.Join(' ', t[20..])).Distinct().Count());
    }

    [Fact]
    public void Lengths_follow_what_the_server_counts()
    {
        // Five tokens around every prompt and three a word, as a tokenizer of bytes might.
        LoadPrompts prompts = new LoadPrompts(s_shape with { PromptTokens = new TokenRange(95, 95) }).Calibrated(5 + (3 * LoadPrompts.FewWords), 5 + (3 * LoadPrompts.MoreWords));
        Assert.Equal(30, FakeCompletionServer.CountOf(prompts.Of(0, 0).Prompt));
    }

    [Fact]
    public void Arrivals_come_at_the_rate_asked_for_and_in_order()
    {
        double[] due = new LoadPrompts(s_shape).Arrivals(2000, 50);
        Assert.Equal(0, due[0]);
        Assert.Equal(due.Order(), due);
        Assert.InRange(2000 / due[^1], 45, 55);
        Assert.All(new LoadPrompts(s_shape).Arrivals(5, null), d => Assert.Equal(0, d));
    }

    [Fact]
    public async Task With_a_rate_times_count_from_when_a_request_was_due()
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        LoadMeasurement measured = await MeasureAsync(server, s_shape, concurrency: 1, requests: 6, rate: 40);
        double[] due = new LoadPrompts(s_shape).Arrivals(6, 40);
        Assert.Equal(6, measured.Completed);
        Assert.True(measured.Seconds >= due[^1]); // nothing is sent before it is due
    }

    [Fact]
    public async Task Failures_are_counted_by_kind_and_leave_the_other_figures_alone()
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        int asked = 0;
        server.Answer = (context, prompt) => (Interlocked.Increment(ref asked) % 4) switch
        {
            3 => FakeCompletionServer.StreamAsync(context, "data: {\"error\":{\"message\":\"no\",\"code\":\"c\"}}\n\n"),
            0 => FakeCompletionServer.StreamAsync(context, "data: {}\n\n"),
            _ => FakeCompletionServer.StreamAsync(context, FakeCompletionServer.Words(prompt, "a", "b", "c")),
        };
        LoadMeasurement measured = await MeasureAsync(server, s_shape, concurrency: 1, requests: 9);
        Assert.Equal((4, 5), (measured.Completed, measured.Failed));
        Assert.Equal([("error in the stream c", 3), ("stream cut short", 2)], measured.Failures.Select(f => (f.Kind, f.Count)));
        Assert.Equal("no", measured.Failures[0].Example);
        Assert.Equal((12L, 4, 8), (measured.CompletionTokens, measured.EndToEnd!.Samples, measured.BetweenTokens!.Samples));
    }

    [Fact]
    public async Task Interrupted_it_measures_what_is_over()
    {
        await using FakeCompletionServer server = await FakeCompletionServer.StartAsync();
        using var stop = new CancellationTokenSource();
        int asked = 0;
        server.Answer = async (context, prompt) =>
        {
            if (Interlocked.Increment(ref asked) == 6) // two to calibrate, three answered
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await FakeCompletionServer.StreamAsync(context, FakeCompletionServer.Words(prompt, "a"));
        };
        LoadMeasurement measured = await MeasureAsync(server, s_shape, concurrency: 1, requests: 10, stop: stop);
        Assert.Equal((3, 0, 7), (measured.Completed, measured.Failed, measured.Unfinished));
    }

    [Fact]
    public void Percentiles_are_samples()
    {
        LatencySummary hundred = LatencySummary.Of(Enumerable.Range(1, 100).Select(i => i / 1000.0).Reverse())!;
        Assert.Equal((50, 90, 95, 99, 100, 50.5), (Near(hundred.P50Milliseconds), Near(hundred.P90Milliseconds), Near(hundred.P95Milliseconds), Near(hundred.P99Milliseconds), Near(hundred.MaxMilliseconds), Near(hundred.MeanMilliseconds)));
        LatencySummary three = LatencySummary.Of([0.003, 0.001, 0.002])!;
        Assert.Equal((2, 3, 3), (Near(three.P50Milliseconds), Near(three.P90Milliseconds), Near(three.P99Milliseconds)));
        LatencySummary one = LatencySummary.Of([0.004])!;
        Assert.Equal((1, 4, 4), (one.Samples, Near(one.P50Milliseconds), Near(one.P99Milliseconds)));
        Assert.Null(LatencySummary.Of([]));

        static double Near(double value) => Math.Round(value, 9);
    }

    [Theory]
    [InlineData("64", 64, 64)]
    [InlineData("1-1048576", 1, 1_048_576)]
    public void A_range_is_one_number_or_two(string text, int low, int high) => Assert.Equal(new TokenRange(low, high), TokenRange.Parse("--x", text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("5-4")]
    [InlineData("-4")]
    [InlineData("4-")]
    [InlineData("1-2-3")]
    [InlineData("1048577")]
    [InlineData("many")]
    public void Other_ranges_are_refused_by_the_options_name(string text) => Assert.Contains("--x", Assert.Throws<CommandException>(() => TokenRange.Parse("--x", text)).Message, StringComparison.Ordinal);

    private static async Task<LoadMeasurement> MeasureAsync(FakeCompletionServer server, LoadShape shape, int concurrency, int requests, double? rate = null, CancellationTokenSource? stop = null)
    {
        using var client = new CompletionClient(new LoadTarget(server.Base, null, false, TimeSpan.FromSeconds(60)), concurrency);
        LoadGenerator load = await LoadGenerator.PrepareAsync(client, "fake", shape, TestContext.Current.CancellationToken);
        return await load.RunAsync(0, concurrency, requests, rate, stop?.Token ?? TestContext.Current.CancellationToken);
    }
}
