using System.Globalization;

namespace Lazuli.Cli;

/// <summary>Prints what <c>lazuli bench serve</c> measured.</summary>
internal static class ServeBenchPage
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static void Print(Terminal terminal, ServeBenchDocument result)
    {
        if (result.Levels.Count == 0)
        {
            terminal.Data.WriteLine("Nothing was measured.");
            return;
        }

        terminal.WriteTable(
            ["clients", "requests", "failed", "unfinished", "seconds", "requests/s", "tokens in/s", "of them cached", "tokens out/s", "tokens in", "tokens out"],
            result.Levels.Select(l => Throughput(l.Measured)));
        terminal.Data.WriteLine();
        terminal.WriteTable(["clients", "milliseconds", "p50", "p90", "p95", "p99", "mean", "most", "samples"], result.Levels.SelectMany(l => Latencies(l.Measured)));
        terminal.Data.WriteLine();
        if (result.Levels.Any(l => l.Engine is not null))
        {
            terminal.WriteTable(["clients", "engine at work", "GFLOP/s", "share of FMA peak"], result.Levels.Where(l => l.Engine is not null).Select(l => Engine(l.Measured, l.Engine!)));
            terminal.Data.WriteLine();
        }

        if (result.Levels.Any(l => l.Measured.Failures.Count > 0))
        {
            terminal.WriteTable(["clients", "failure", "times", "for example"], result.Levels.SelectMany(l => l.Measured.Failures.Select(f => (IReadOnlyList<string>)[Number(l.Measured.Concurrency), f.Kind, Number(f.Count), f.Example])));
            terminal.Data.WriteLine();
        }

        terminal.Data.WriteLine(string.Create(s_invariant, $"{result.Server ?? "A server of its own"}, {result.Route}, {result.Model}: prompts of {result.PromptTokens} tokens aimed at, answers of at most {result.MaxTokens}, {result.SharedPrefix:P0} of each prompt shared, seed {result.Seed}{(result.RatePerSecond is double rate ? string.Create(s_invariant, $", {rate:0.###} requests/s due on average; times count from when a request was due") : "")}."));
    }

    private static string[] Throughput(LoadMeasurement m) =>
    [
        Number(m.Concurrency), Number(m.Completed), Number(m.Failed), Number(m.Unfinished), m.Seconds.ToString("F2", s_invariant), m.RequestsPerSecond.ToString("F2", s_invariant),
        m.PromptTokensPerSecond.ToString("F1", s_invariant), m.PromptTokens == 0 ? "-" : Percent((double)m.CachedTokens / m.PromptTokens), m.CompletionTokensPerSecond.ToString("F1", s_invariant),
        m.PromptTokens.ToString(s_invariant), m.CompletionTokens.ToString(s_invariant),
    ];

    private static IEnumerable<IReadOnlyList<string>> Latencies(LoadMeasurement m)
    {
        (string Name, LatencySummary? Summary)[] rows = [("to first token", m.TimeToFirstToken), ("between tokens", m.BetweenTokens), ("per output token", m.PerOutputToken), ("end to end", m.EndToEnd)];
        foreach ((string name, LatencySummary? summary) in rows)
        {
            yield return summary is { } s
                ? [Number(m.Concurrency), name, Time(s.P50Milliseconds), Time(s.P90Milliseconds), Time(s.P95Milliseconds), Time(s.P99Milliseconds), Time(s.MeanMilliseconds), Time(s.MaxMilliseconds), Number(s.Samples)]
                : [Number(m.Concurrency), name, "-", "-", "-", "-", "-", "-", "0"];
        }
    }

    private static string[] Engine(LoadMeasurement m, EngineShare e) => [Number(m.Concurrency), Percent(e.BusyShare), e.Gflops.ToString("F1", s_invariant), Percent(e.FmaShare)];

    private static string Number(int value) => value.ToString(s_invariant);

    private static string Time(double milliseconds) => milliseconds.ToString(milliseconds < 100 ? "F2" : "F0", s_invariant);

    private static string Percent(double share) => string.Create(s_invariant, $"{share * 100:F1} %");
}
