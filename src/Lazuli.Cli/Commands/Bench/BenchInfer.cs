using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench infer</c>: prefill and decode of a model, as shares of limits measured in the same run.</summary>
internal static class BenchInfer
{
    private const int AnswersBesidePrompt = 8;

    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A model of the registry, or the path of a model's folder or GGUF file." };
        var prompt = new Option<int>("--prompt", "-p") { Description = "Tokens of the prompt.", DefaultValueFactory = _ => 512 };
        var generate = new Option<int>("--generate", "-n") { Description = "Tokens to decode, from an empty context.", DefaultValueFactory = _ => 128 };
        var parallel = new Option<string>("--parallel") { Description = "Sequences that decode at once, comma between.", DefaultValueFactory = _ => "1,8,16" };
        var mixed = new Option<int?>("--mixed") { Description = "Also time eight answers while a prompt of so many tokens arrives, such as 2048." };
        var keyValues = new Option<string>("--key-values") { Description = "How keys and values are kept: f16, q8_0 or f32.", DefaultValueFactory = _ => "f16" };
        keyValues.AcceptOnlyFromAmong("f16", "q8_0", "f32");
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes every processor." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("infer", "Time prefill and decode: tokens/s, shares of read bandwidth and arithmetic peak, time to first token, memory.") { model, prompt, generate, parallel, mixed, keyValues, threads, json };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal, parsed.GetValue(model)!, InRange("--prompt", parsed.GetValue(prompt)), InRange("--generate", parsed.GetValue(generate)), ReadParallel(parsed.GetValue(parallel)!),
            parsed.GetValue(mixed) is int tokens ? InRange("--mixed", tokens) : null, Enum.Parse<KeyValueFormat>(parsed.GetValue(keyValues)!, ignoreCase: true), parsed.GetValue(threads), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string reference, int prompt, int generate, int[] parallel, int? mixedPrompt, KeyValueFormat keyValues, int threads, bool json, CancellationToken cancel)
    {
        string path = await ModelReference.PathOfAsync(reference, cancel).ConfigureAwait(false);
        var backend = new CpuBackend(threads);
        using var probe = new MemoryReadProbe(backend);
        long start = Stopwatch.GetTimestamp();
        using InferenceModel model = Open(path, backend);
        double loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int context = Math.Max(prompt, generate);
        if (mixedPrompt is not null && model.Config.ContextLength < MixedBenchmark.LeastContext)
        {
            throw new CommandException($"The model's context holds {model.Config.ContextLength} tokens; --mixed wants at least {MixedBenchmark.LeastContext}.", ExitCode.Usage);
        }

        if (mixedPrompt >= model.Config.ContextLength)
        {
            throw new CommandException($"The model's context holds {model.Config.ContextLength} tokens; --mixed {mixedPrompt} and one of the answer are more.", ExitCode.Usage);
        }

        if (context > model.Config.ContextLength)
        {
            throw new CommandException($"The model's context holds {model.Config.ContextLength} tokens; {context} were asked for.", ExitCode.Usage);
        }

        using var benchmark = new InferenceBenchmark(model, () => new LimitSlice(probe.MeasureGigabytesPerSecond(), MachineLimits.MeasureFmaSlice(backend)), parallel.Max(), context, keyValues);
        InferenceMeasurement prefill = benchmark.Prefill(prompt, cancellationToken: cancel);
        Say(terminal, $"prefill of {prompt}: {prefill.TokensPerSecond:F1} tokens/s, {prefill.FmaShare * 100:F1} % of the multiply-add peak");
        var decodes = new List<InferenceMeasurement>();
        foreach (int sequences in parallel)
        {
            InferenceMeasurement decode = benchmark.Decode(sequences, generate, cancellationToken: cancel);
            Say(terminal, $"decode × {sequences}: {decode.TokensPerSecond:F1} tokens/s, {decode.ReadShare * 100:F1} % of the read bandwidth");
            decodes.Add(decode);
        }

        MixedMeasurement? mixed = mixedPrompt is int tokens ? MixedBenchmark.Run(model, AnswersBesidePrompt, tokens, new InferenceOptions { KeyValueFormat = keyValues }, cancel) : null;
        using Process process = Process.GetCurrentProcess();
        long peakBytes = process.PeakWorkingSet64; // before the limits, which take a gigabyte
        MachineLimitsReport limits = MachineLimits.Measure(backend);
        var result = new InferBenchDocument(reference, model.WeightDescription, backend.ThreadCount, prompt, generate, loadSeconds, prompt / prefill.TokensPerSecond, peakBytes, prefill, decodes, mixed, limits);
        if (json)
        {
            terminal.WriteJson(result);
            return ExitCode.Done;
        }

        Print(terminal, result);
        return ExitCode.Done;
    }

    private static void Print(Terminal terminal, InferBenchDocument r)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        terminal.WriteTable(
            ["what", "sequences", "tokens/s", "GFLOP/s", "of FMA peak", "of int8 peak", "GB/s read", "of read limit", "windows (dropped)"],
            [Row($"prefill of {r.PromptTokens}", r.Prefill), .. r.Decodes.Select(d => Row($"decode to {r.GeneratedTokens}", d))]);
        terminal.Data.WriteLine();
        terminal.WriteTable(
            ["", ""],
            [
                ["model", string.Create(invariant, $"{r.Model}: {r.Weights}")],
                ["threads", r.Threads.ToString(invariant)],
                ["load", string.Create(invariant, $"{r.LoadSeconds:F2} s")],
                ["time to first token", string.Create(invariant, $"{r.FirstTokenSeconds * 1000:F0} ms after a prompt of {r.PromptTokens} tokens, alone")],
                ["peak memory", string.Create(invariant, $"{r.PeakResidentBytes / 1e9:F2} GB resident, the whole process, mapped weights and 0.2 GB of the measurement included")],
                ["read limit", string.Create(invariant, $"{r.Prefill.BestReadGigabytesPerSecond:F1} GB/s in plain pages, 4 streams a thread (best slice); {r.Limits.ReadHugePagesFourStreamsGBPerSecond:F1} in huge pages; 1e9 bytes")],
                ["FMA peak", string.Create(invariant, $"{r.Prefill.BestFmaGflops:F1} GFLOP/s fp32 (best slice); int8 {r.Limits.Int8DotGopsPerSecond:F0} GOP/s in 16-bit sums, {r.Limits.Int8SignedDotGopsPerSecond:F0} signed by signed (the peak for Q8_0); 1e9 operations")],
                .. Mixed(r.Mixed),
            ]);

        string[][] Mixed(MixedMeasurement? m) => m is null ? [] :
        [
            ["answers beside a prompt", string.Create(invariant, $"{m.Parallel} answers, a prompt of {m.PromptTokens} tokens: {m.InterTokenP50Seconds * 1000:F0} ms between tokens (p50), {m.InterTokenP95Seconds * 1000:F0} (p95), {m.InterTokenMaxSeconds * 1000:F0} (most)")],
            ["prompt beside answers", string.Create(invariant, $"{m.PrefillTokensPerSecond:F1} tokens/s, {Percent(m.ShareOfSolo)} of {m.SoloPrefillTokensPerSecond:F1} alone")],
        ];

        string[] Row(string what, InferenceMeasurement m) =>
        [
            what, m.Parallel.ToString(invariant), m.TokensPerSecond.ToString("F1", invariant), m.Gflops.ToString("F1", invariant), Percent(m.FmaShare), Int8(m),
            m.GigabytesPerSecond.ToString("F1", invariant), Percent(m.ReadShare), string.Create(invariant, $"{m.Windows} ({m.Disturbed})"),
        ];

        // Shares of the multiply-add peak were taken beside each window; the int8 peak stands to that one as the limits, measured together, say.
        string Int8(InferenceMeasurement m) => r.Int8PeakGops is > 0 and var peak ? Percent(m.FmaShare * r.Limits.FmaGflopsPerSecond / peak) : "–";

        string Percent(double share) => string.Create(invariant, $"{share * 100:F1} %");
    }

    /// <summary>The model owns <paramref name="backend"/>, whatever happens here.</summary>
    private static InferenceModel Open(string path, CpuBackend backend)
    {
        try
        {
            return InferenceModel.Open(path, backend);
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    private static int[] ReadParallel(string text)
    {
        int[] numbers = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)];
        return numbers.All(n => n is >= 1 and <= 1024) ? numbers : throw new CommandException($"--parallel is '{text}'; expected whole numbers from 1 to 1,024 with commas between, such as 1,8,16.", ExitCode.Usage);
    }

    private static int InRange(string name, int value) =>
        value is >= 1 and <= 1_048_576 ? value : throw new CommandException($"{name} is {value}; it must be from 1 to 1,048,576.", ExitCode.Usage);

    private static void Say(Terminal terminal, FormattableString text) => terminal.Talk.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
