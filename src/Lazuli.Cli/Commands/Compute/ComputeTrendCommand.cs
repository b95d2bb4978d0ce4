using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute trend</c>: how training compute grew since 1957, and where one's own runs stand.</summary>
internal static class ComputeTrendCommand
{
    private const string Both = "both";

    public static Command Build(Terminal terminal)
    {
        var options = new Words();
        var command = new Command("trend", "Growth of training compute since 1957: doubling times with 95 % intervals, claims by name, your own runs.");
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => RunAsync(terminal, options, parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Words words, ParseResult parsed, CancellationToken cancel)
    {
        bool json = parsed.GetValue(words.Json);
        bool csv = parsed.GetValue(words.Csv);
        if (json && csv)
        {
            throw new CommandException("--json and --csv both go to standard output: choose one.", ExitCode.Usage);
        }

        CheckEnding(parsed.GetValue(words.Svg), "--svg", ".svg");
        CheckEnding(parsed.GetValue(words.Png), "--png", ".png");
        await using Installation installation = Installation.Open();
        TrendRequest request = RequestOf(words, parsed, DateOnly.FromDateTime(installation.Time.GetUtcNow().UtcDateTime));
        TrendReport report = ComputeTrend.Analyse(request with { Runs = await RunsAsync(installation, cancel).ConfigureAwait(false) });
        foreach (string path in new[] { parsed.GetValue(words.Svg), parsed.GetValue(words.Png) }.OfType<string>())
        {
            TrendChart.Write(path, report);
            await terminal.Talk.WriteLineAsync($"wrote {path}").ConfigureAwait(false);
        }

        if (json)
        {
            terminal.WriteJson(TrendDocument.Of(report));
        }
        else if (csv)
        {
            TrendCsv.Write(report, terminal.Data);
        }
        else
        {
            TrendText.Write(terminal, report);
        }

        return ExitCode.Done;
    }

    private static void CheckEnding(string? path, string option, string ending)
    {
        if (path is not null && !path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new CommandException($"{option} wants a file that ends in {ending}; found '{path}'.", ExitCode.Usage);
        }
    }

    private static TrendRequest RequestOf(Words words, ParseResult parsed, DateOnly today)
    {
        double? from = Moment(parsed.GetValue(words.From), "--from");
        double? to = Moment(parsed.GetValue(words.To), "--to");
        if (from >= to)
        {
            throw new CommandException($"--from {parsed.GetValue(words.From)} is not before --to {parsed.GetValue(words.To)}: the window must end after it begins.", ExitCode.Usage);
        }

        double noise = parsed.GetValue(words.Noise);
        if (noise is not (>= 1 and <= 1000))
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--noise wants a factor from 1 (none) to 1000; found {noise}."), ExitCode.Usage);
        }

        return new TrendRequest
        {
            DataSets = DataSets(parsed.GetValue(words.DataSet)!, ScopeOf(parsed.GetValue(words.Scope))),
            Today = today,
            Rule = RuleOf(parsed.GetValue(words.Rule)),
            From = from,
            To = to,
            HistoryFrom = Moment(parsed.GetValue(words.HistoryFrom), "--history-from"),
            NoiseFactor = noise,
            Seed = parsed.GetValue(words.Seed),
        };
    }

    private static ComputeDataSet[] DataSets(string[] names, ComputeScope scope)
    {
        var dataSets = new List<ComputeDataSet>();
        foreach (string name in names.SelectMany(n => n == Both ? ComputeDataSets.Names : [n]).Distinct(StringComparer.Ordinal))
        {
            if (ComputeDataSets.Names.Contains(name, StringComparer.Ordinal))
            {
                dataSets.Add(ComputeDataSets.BuiltIn(name));
            }
            else if (File.Exists(name))
            {
                dataSets.Add(ComputeDataSets.Import(name, scope));
            }
            else
            {
                throw new CommandException($"There is no data set '{name}', nor a file of that name; --dataset wants {string.Join(", ", ComputeDataSets.Names)}, {Both} or the path of a CSV file.", ExitCode.Usage);
            }
        }

        return [.. dataSets];
    }

    private static double? Moment(string? text, string option)
    {
        if (text is null)
        {
            return null;
        }

        return TrendWindow.TryParse(text, out double year)
            ? year
            : throw new CommandException($"{option} wants a year from 1900 to 2100 (2012 or 2012.5), a month (2012-09) or a day (2012-09-30); found '{text}'.", ExitCode.Usage);
    }

    private static FrontierRule? RuleOf(string? text) => text switch
    {
        null => null,
        "all" => FrontierRule.All,
        "records" => FrontierRule.Records,
        "top10" => FrontierRule.Top10,
        _ => throw new CommandException($"--rule wants records, top10 or all; found '{text}'.", ExitCode.Usage),
    };

    private static ComputeScope ScopeOf(string? text) => text switch
    {
        null => ComputeScope.Unknown,
        "direct" => ComputeScope.Direct,
        "including-generation" => ComputeScope.IncludingGeneration,
        _ => throw new CommandException($"--scope wants direct or including-generation; found '{text}'.", ExitCode.Usage),
    };

    /// <summary>The runs of this home as the trend draws them.</summary>
    public static async Task<IReadOnlyList<TrendRun>> RunsAsync(Installation installation, CancellationToken cancel)
    {
        ComputeRates rates = ComputeRuns.RatesOf(installation);
        IReadOnlyList<RunFacts> runs = await RunFactsReader.ReadAllAsync(installation, cancel).ConfigureAwait(false);
        return
        [
            .. runs.Select(r => RunAccount.Of(r, rates))
                .Select(a => new TrendRun($"{a.Recipe} ({a.Id})", DateOnly.FromDateTime(a.UpdatedAt.UtcDateTime), a.FlopByCount, a.FlopByTime))
                .Where(r => r.Flop is not null),
        ];
    }

    /// <summary>The options of the command.</summary>
    private sealed class Words
    {
        public Option<string[]> DataSet { get; } = new("--dataset")
        {
            Description = "openai-2018, epoch-2026-01, both, or a CSV file (Epoch's own, or with columns system, date, flop). Can be given more than once.",
            DefaultValueFactory = _ => [Both],
        };

        public Option<string?> Rule { get; } = new("--rule") { Description = "Systems a line is fitted to: records, top10 or all. Without it every rule is listed." };

        public Option<string?> From { get; } = new("--from") { Description = "Begin of the window: 2012, 2012.5, 2012-09 or 2012-09-30." };

        public Option<string?> To { get; } = new("--to") { Description = "End of the window; that moment itself is outside." };

        public Option<string?> HistoryFrom { get; } = new("--history-from") { Description = "Systems before this do not count for what is a record or among the top ten." };

        public Option<string?> Scope { get; } = new("--scope") { Description = "What an imported file counts: direct, or including-generation (self-play and synthetic data)." };

        public Option<double> Noise { get; } = new("--noise") { Description = "Move every resampled value by a factor between 1/NOISE and NOISE; 2 for a doubt of half to double.", DefaultValueFactory = _ => 1 };

        public Option<ulong> Seed { get; } = new("--seed") { Description = "Seed of the 1,000 resamples.", DefaultValueFactory = _ => 1 };

        public Option<string?> Svg { get; } = new("--svg") { Description = "Write the chart to this .svg file." };

        public Option<string?> Png { get; } = new("--png") { Description = "Write the chart to this .png file, 2400 pixels wide." };

        public Option<bool> Csv { get; } = new("--csv") { Description = "Print the points as CSV instead of tables." };

        public Option<bool> Json { get; } = CommandTree.JsonOption();

        public IEnumerable<Option> All => [DataSet, Rule, From, To, HistoryFrom, Scope, Noise, Seed, Svg, Png, Csv, Json];
    }
}
