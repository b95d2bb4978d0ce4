using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Compute;
using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench train</c>: whole training steps of a recipe's model on random tokens.</summary>
internal static class BenchTrain
{
    public static Command Build(Terminal terminal)
    {
        var recipe = new Option<string>("--recipe") { Description = "A recipe file, or the name of one that comes with Lazuli: tiny, quickstart, llama-15m, gpt2-124m.", Required = true };
        var set = new Option<string[]>("--set") { Description = "Override a value of the recipe: path=value. May be repeated." };
        var steps = new Option<int>("--steps") { Description = "Undisturbed steps to time; medians are over these.", DefaultValueFactory = _ => 7 };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes every processor." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("train", "Time training steps: tokens/s, GFLOP/s, share of the multiply-add peak, peak memory.") { recipe, set, steps, threads, json };
        command.SetAction((parsed, cancel) =>
        {
            int wanted = parsed.GetValue(steps);
            if (wanted < 1)
            {
                throw new CommandException($"--steps is {wanted}; it must be at least 1.", ExitCode.Usage);
            }

            Recipe chosen = RecipeFile.Read(Resolve(parsed.GetValue(recipe)!), parsed.GetValue(set) ?? []);
            return Task.FromResult(Run(terminal, chosen, wanted, parsed.GetValue(threads), parsed.GetValue(json), cancel));
        });
        return command;
    }

    private static int Run(Terminal terminal, Recipe recipe, int steps, int threads, bool json, CancellationToken cancel)
    {
        using var backend = new CpuBackend(threads);
        var benchmark = new TrainingBenchmark(backend, recipe, () => MachineLimits.MeasureFmaSlice(backend));
        TrainingBenchmarkResult r = benchmark.Run(steps, w => terminal.Talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {w.Seconds * 1000:F0} ms, {w.Gflops:F1} GFLOP/s, {w.PeakShare * 100:F1} % of peak")), cancel);
        StepComparison? predicted = Predict(recipe, r);
        if (json)
        {
            JsonNode document = JsonSerializer.SerializeToNode(r, JsonSerializerOptions.Web)!;
            document["prediction"] = JsonSerializer.SerializeToNode(predicted, JsonSerializerOptions.Web);
            terminal.WriteJson(document);
            return ExitCode.Done;
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        terminal.WriteTable(["", ""],
        [
            ["recipe", r.Recipe],
            ["backend", string.Create(invariant, $"{r.Backend}, {r.Threads} threads")],
            ["tokens/s", string.Create(invariant, $"{r.TokensPerSecond:N0} (median of {r.TimedSteps} steps of {r.TokensPerStep:N0} tokens; {r.DisturbedSteps} disturbed ones dropped)")],
            ["GFLOP/s", string.Create(invariant, $"{r.Gflops:F1} (1e9 FLOP a second; {r.FlopConvention})")],
            ["multiply-add peak", string.Create(invariant, $"{r.PeakGflops:F1} GFLOP/s, measured around each step")],
            ["share of peak", string.Create(invariant, $"{r.PeakShare * 100:F1} %")],
            ["step", string.Create(invariant, $"{r.SecondsPerStep * 1000:F0} ms: forward {r.ForwardShare * 100:F0} %, head and loss {r.HeadShare * 100:F0} %, backward {r.BackwardShare * 100:F0} %, optimizer {r.OptimizerShare * 100:F0} %")],
            ["peak memory", string.Create(invariant, $"{r.PeakResidentBytes / 1e9:F2} GB resident, the whole process")],
            ["predicted step", predicted is null ? "not known: run 'lazuli bench limits' once" : string.Create(invariant, $"{predicted.PredictedSeconds * 1000:F0} ms at the same peak ({predicted.PredictedShare * 100:F1} % of it), {predicted.Error * 100:+0.0;-0.0} % of measured; the planner's model with this machine's profile")],
        ]);
        return ExitCode.Done;
    }

    /// <summary>The planner's step on this machine at the peak of these steps; null where the machine has no profile.</summary>
    private static StepComparison? Predict(Recipe recipe, TrainingBenchmarkResult result)
    {
        if (ComputeHardware.ReadCatalog().MeasuredHere is not { } machine)
        {
            return null;
        }

        StepWork work = PlannedWork.Of(recipe, recipe.Model.ToConfig(recipe.Tokenizer.VocabularySize), passes: 1);
        double peak = result.PeakGflops * 1e9;
        return StepComparison.Of(recipe.Name, machine, work, result.FlopPerStep / (result.PeakShare * peak), peak); // the share is the median of steps, each by the peak around it
    }

    /// <summary>A file where there is one, else a recipe that comes with Lazuli.</summary>
    private static string Resolve(string name)
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, "recipes", name.EndsWith(".yaml", StringComparison.Ordinal) ? name : name + ".yaml");
        return !File.Exists(name) && File.Exists(shipped) ? shipped : name;
    }
}
