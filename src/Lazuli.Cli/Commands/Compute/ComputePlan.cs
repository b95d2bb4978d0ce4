using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute plan</c>: what to train with a budget, what to expect, what it takes.</summary>
internal static class ComputePlan
{
    public static Command Build(Terminal terminal)
    {
        var budget = new Option<string?>("--budget") { Description = "Operations to spend: a number and 'pfs-days' or 'FLOP', e.g. \"0.02 pfs-days\"." };
        var hours = new Option<string?>("--hours") { Description = "Hours to spend on the hardware, instead of --budget." };
        var nodes = new Option<string?>("--nodes") { Description = "Devices in data parallel, 1 to 10000. Default 1." };
        var hardware = new Option<string?>("--hardware") { Description = "Devices to plan for, comma between them ('lazuli compute hardware list'). Default: this machine as 'lazuli bench limits' measured it." };
        var network = new Option<string?>("--network") { Description = "Network between hosts. Default ethernet-10g for this machine, infiniband-400g for others." };
        var vocabulary = new Option<int?>("--vocabulary") { Description = "Vocabulary, 261 to 1048576. Default: chosen by size, or that of the runs the law is fitted to." };
        var context = new Option<int?>("--context") { Description = "Tokens of a training row, 16 to 1048576. Default: chosen by size, or that of the runs." };
        var law = new Option<string>("--law") { Description = "auto (own runs where there are enough, else the published law), published, or runs.", DefaultValueFactory = _ => "auto" };
        law.AcceptOnlyFromAmong("auto", "published", "runs");
        var scale = new Option<bool>("--scale") { Description = "Simulate the run on 1 to 10,000 devices." };
        var write = new Option<string?>("--write") { Description = "Write a recipe that trains as planned." };
        var corpus = new Option<string[]>("--corpus") { Description = "With --write: file or folder to train on. May be repeated. Default: the .NET reference documentation." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("plan", "Plan a run: parameters, tokens, batch, rate, expected loss, time, energy, cost, and the alternatives.")
        {
            budget, hours, nodes, hardware, network, vocabulary, context, law, scale, write, corpus, json,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal,
            new PlanOptions(
                parsed.GetValue(budget), parsed.GetValue(hours), parsed.GetValue(nodes), parsed.GetValue(hardware), parsed.GetValue(network), parsed.GetValue(vocabulary), parsed.GetValue(context),
                parsed.GetValue(law)!, parsed.GetValue(scale), parsed.GetValue(write), parsed.GetValue(corpus) ?? [], parsed.GetValue(json)),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, PlanOptions options, CancellationToken cancel)
    {
        (ComputeBudget? budget, double? hours, int nodes) = options.Limits();
        HardwareCatalog catalog = ComputeHardware.ReadCatalog();
        HardwareProfile[] devices = options.Devices(catalog);
        await using Installation installation = Installation.Open();
        OwnRuns own = await OwnRuns.ReadAsync(installation, catalog.MeasuredHere, cancel).ConfigureAwait(false);
        LossForecast? fitted = options.Law == "published" ? null : LossForecast.OfRuns(own.Observations);
        if (options.Law == "runs" && fitted is null)
        {
            throw new CommandException($"--law runs needs at least {ScalingLawFitter.PointsForScales} finished runs of distinct sizes or lengths on one data set; this home has {own.Observations.Count} that compare.", ExitCode.Refused);
        }

        ComputeRates rates = ComputeRuns.RatesOf(installation);
        PlanRequest[] requests = [.. devices.Select(device => new PlanRequest
        {
            Budget = budget,
            Hours = hours,
            Nodes = nodes,
            Hardware = device,
            Network = options.NetworkFor(catalog, device),
            Forecast = fitted ?? LossForecast.Published(),
            VocabularySize = options.Vocabulary ?? (fitted is null ? null : own.VocabularySize),
            ContextLength = options.Context ?? (fitted is null ? null : own.ContextLength),
            // The settings price this machine's processor; other devices have prices of their own or none.
            PricePerDeviceHour = device == catalog.MeasuredHere ? rates.PerDeviceHour : null,
            PricePerKilowattHour = rates.PerKilowattHour,
            Currency = rates.Currency,
        })];
        TrainingPlan[] plans = [.. requests.Select(Plan)];
        if (options.Write is { } path)
        {
            await WriteRecipeAsync(terminal, plans[0], path, options.Corpus, cancel).ConfigureAwait(false);
        }

        int most = options.Scale ? Planner.MostNodes : nodes;
        IReadOnlyList<ScalingPoint> scaling = most > 1 ? ScalingForecast.Simulate(requests[0], plans[0], most) : [];
        if (options.Json)
        {
            terminal.WriteJson(PlanDocument.Of(requests, plans, scaling, own.Steps));
        }
        else
        {
            PlanPage.Write(terminal, requests, plans, scaling, own.Steps);
        }

        return ExitCode.Done;
    }

    private static TrainingPlan Plan(PlanRequest request) => Planner.Plan(request) switch
    {
        PlanResult.Planned planned => planned.Plan,
        PlanResult.Refused refused => throw new CommandException(refused.Reason, ExitCode.Refused),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Writes the recipe, read back first: what is not a recipe is not written.</summary>
    private static async Task WriteRecipeAsync(Terminal terminal, TrainingPlan plan, string path, string[] corpus, CancellationToken cancel)
    {
        string full = Path.GetFullPath(path);
        string beside = Path.GetDirectoryName(full)!;
        if (File.Exists(full))
        {
            throw new CommandException($"{path} is there already; move it away or give --write another name.", ExitCode.Refused);
        }

        foreach (string missing in corpus.Where(c => !File.Exists(c) && !Directory.Exists(c)))
        {
            throw new CommandException($"--corpus {missing}: there is no such file or folder.", ExitCode.Usage);
        }

        string yaml = PlanRecipe.Write(plan, PlanRecipe.NameOf(plan), [.. corpus.Select(c => Path.GetRelativePath(beside, Path.GetFullPath(c)))]);
        RecipeFile.Parse(yaml, path);
        Directory.CreateDirectory(beside);
        await File.WriteAllTextAsync(full + ".tmp", yaml, cancel).ConfigureAwait(false);
        File.Move(full + ".tmp", full);
        await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}; 'lazuli train {path}' runs it.")).ConfigureAwait(false);
    }
}
