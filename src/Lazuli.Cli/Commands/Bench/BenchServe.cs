using System.CommandLine;
using System.Globalization;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench serve</c>: drives a server with many streaming clients at once and measures what they see.</summary>
internal static class BenchServe
{
    private const int MostConcurrency = 4096;

    public static Command Build(Terminal terminal)
    {
        var url = new Argument<string?>("url") { Description = "A running server that speaks OpenAI's API, such as http://127.0.0.1:8080; its key in LAZULI_API_KEY.", Arity = ArgumentArity.ZeroOrOne };
        var model = new Option<string?>("--model") { Description = "Start a server with this model (registry, folder or GGUF file) for the measurement, on 127.0.0.1." };
        var name = new Option<string?>("--name") { Description = "With a URL: the model to ask; needed where the server offers several." };
        var concurrency = new Option<string>("--concurrency") { Description = "Clients that ask at once, comma between.", DefaultValueFactory = _ => "1,8,32" };
        var requests = new Option<int?>("--requests") { Description = "Requests for each number of clients. Default 4 a client, at least 16." };
        var promptTokens = new Option<string>("--prompt-tokens") { Description = "Length of prompts, N or LOW-HIGH.", DefaultValueFactory = _ => "64-256" };
        var maxTokens = new Option<string>("--max-tokens") { Description = "Most tokens of an answer, N or LOW-HIGH.", DefaultValueFactory = _ => "32-128" };
        var shared = new Option<double>("--shared-prefix") { Description = "Share of each prompt, from its beginning, that all prompts have in common: 0 to 1." };
        var rate = new Option<double?>("--rate") { Description = "Requests a second that fall due, at random times (Poisson); without it each client sends the next when it has its answer." };
        var temperature = new Option<double>("--temperature") { Description = "Of sampling: 0 to 2.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "Decides lengths, words, arrivals and sampling.", DefaultValueFactory = _ => 1 };
        var chat = new Option<bool>("--chat") { Description = "Ask /chat/completions instead of /completions." };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that a request may take.", DefaultValueFactory = _ => 600 };
        var threads = new Option<int?>("--threads") { Description = "With --model: threads of its engine; 0 takes every processor." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("serve", "Drive a server with many clients: throughput, time to first token, time between tokens, errors.")
        {
            url, model, name, concurrency, requests, promptTokens, maxTokens, shared, rate, temperature, seed, chat, timeout, threads, json,
        };
        command.SetAction((parsed, cancel) => RunAsync(terminal, new Asked
        {
            Url = parsed.GetValue(url),
            ModelPath = parsed.GetValue(model),
            Name = parsed.GetValue(name),
            Concurrency = ReadConcurrency(parsed.GetValue(concurrency)!),
            Requests = InRange("--requests", parsed.GetValue(requests), 1, 1_000_000),
            Shape = new LoadShape(
                TokenRange.Parse("--prompt-tokens", parsed.GetValue(promptTokens)!),
                TokenRange.Parse("--max-tokens", parsed.GetValue(maxTokens)!),
                InRange("--shared-prefix", parsed.GetValue(shared), 0, 1),
                InRange("--temperature", parsed.GetValue(temperature), 0, 2),
                parsed.GetValue(seed)),
            Rate = parsed.GetValue(rate) is double r ? InRange("--rate", r, 0.001, 100_000) : null,
            IsChat = parsed.GetValue(chat),
            Timeout = TimeSpan.FromSeconds(InRange("--timeout", parsed.GetValue(timeout), 0.001, 86_400)),
            Threads = parsed.GetValue(threads),
            IsJson = parsed.GetValue(json),
        }, cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Asked asked, CancellationToken cancel)
    {
        if (asked.Url is null == asked.ModelPath is null)
        {
            throw new CommandException("Give either the address of a running server, such as http://127.0.0.1:8080, or --model to start one.", ExitCode.Usage);
        }

        if (asked.Url is not null)
        {
            string? key = Environment.GetEnvironmentVariable(LoadTarget.KeyVariable);
            return await MeasureAsync(terminal, asked, new LoadTarget(LoadTarget.ParseBase(asked.Url), string.IsNullOrEmpty(key) ? null : key, asked.IsChat, asked.Timeout), null, cancel).ConfigureAwait(false);
        }

        BenchmarkServer server = await BenchmarkServer.StartAsync(asked.ModelPath!, asked.Threads, cancel).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            return await MeasureAsync(terminal, asked, new LoadTarget(server.Base, server.Key, asked.IsChat, asked.Timeout), server, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<int> MeasureAsync(Terminal terminal, Asked asked, LoadTarget target, BenchmarkServer? server, CancellationToken cancel)
    {
        using var client = new CompletionClient(target, asked.Concurrency.Max());
        string model = server?.Model ?? asked.Name ?? await OnlyModelAsync(client, cancel).ConfigureAwait(false);
        LoadGenerator load = await LoadGenerator.PrepareAsync(client, model, asked.Shape, cancel).ConfigureAwait(false);
        server?.TakeShare(1, 1); // the calibration's work counts to no level
        var levels = new List<ServeBenchLevel>();
        foreach (int concurrency in asked.Concurrency)
        {
            if (cancel.IsCancellationRequested)
            {
                break;
            }

            double peak = server?.MeasurePeakGflops() ?? 0;
            LoadMeasurement measured = await load.RunAsync(levels.Count, concurrency, asked.Requests ?? Math.Max(16, 4 * concurrency), asked.Rate, cancel).ConfigureAwait(false);
            EngineShare? engine = server?.TakeShare(measured.Seconds, Math.Max(peak, server.MeasurePeakGflops()));
            levels.Add(new ServeBenchLevel(measured, engine));
            terminal.Talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{concurrency} clients: {measured.CompletionTokensPerSecond:F1} tokens/s out, {measured.Completed} requests, {measured.Failed} failed"));
        }

        var result = new ServeBenchDocument(
            server is null ? target.Base.AbsoluteUri.TrimEnd('/') : null, asked.ModelPath ?? model, target.IsChat ? "/v1/chat/completions" : "/v1/completions",
            asked.Shape.PromptTokens.ToString(), asked.Shape.MaxTokens.ToString(), asked.Shape.SharedPrefix, asked.Rate, asked.Shape.Seed, cancel.IsCancellationRequested, levels);
        if (asked.IsJson)
        {
            terminal.WriteJson(result);
        }
        else
        {
            ServeBenchPage.Print(terminal, result);
        }

        return cancel.IsCancellationRequested ? ExitCode.Cancelled : levels.Exists(l => l.Measured.Completed == 0) ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<string> OnlyModelAsync(CompletionClient client, CancellationToken cancel)
    {
        IReadOnlyList<string> models = await client.ListModelsAsync(cancel).ConfigureAwait(false);
        return models.Count switch
        {
            1 => models[0],
            0 => throw new CommandException("The server offers no model."),
            _ => throw new CommandException($"The server offers {models.Count} models ({string.Join(", ", models.Take(10))}{(models.Count > 10 ? ", …" : "")}); say which one with --name.", ExitCode.Usage),
        };
    }

    private static int[] ReadConcurrency(string text)
    {
        int[] numbers = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)];
        return numbers.All(n => n is >= 1 and <= MostConcurrency)
            ? numbers
            : throw new CommandException($"--concurrency is '{text}'; expected whole numbers from 1 to 4,096 with commas between, such as 1,8,32.", ExitCode.Usage);
    }

    private static int? InRange(string name, int? value, int low, int high) => value is null || (value >= low && value <= high)
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {low:N0} to {high:N0}."), ExitCode.Usage);

    private static double InRange(string name, double value, double low, double high) => value >= low && value <= high
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {low} to {high}."), ExitCode.Usage);

    /// <summary>The command's options, checked.</summary>
    private sealed record Asked
    {
        public string? Url { get; init; }

        public string? ModelPath { get; init; }

        public string? Name { get; init; }

        public required int[] Concurrency { get; init; }

        public int? Requests { get; init; }

        public required LoadShape Shape { get; init; }

        public double? Rate { get; init; }

        public bool IsChat { get; init; }

        public TimeSpan Timeout { get; init; }

        public int? Threads { get; init; }

        public bool IsJson { get; init; }
    }
}
