using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary><c>lazuli train RECIPE.yaml</c>.</summary>
internal static class TrainCommand
{
    public static Command Build(Terminal terminal)
    {
        var recipe = new Argument<string>("recipe") { Description = "A recipe (YAML)." };
        var set = new Option<string[]>("--set") { Description = "Override a value of the recipe: path=value. May be repeated.", AllowMultipleArgumentsPerToken = false };
        var resume = new Option<string>("--resume") { Description = "auto (go on where the run stopped), never (a new run), or the folder of a checkpoint.", DefaultValueFactory = _ => "auto" };
        var name = new Option<string?>("--name") { Description = "Name of the model that it makes. Default: the recipe's name." };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes every processor." };
        var project = new Option<string?>("--project") { Description = "Project that the compute is counted to. Default: the one the run already has, else the setting Compute.Project." };
        var command = new Command("train", "Train a model from a recipe; goes on where it stopped.") { recipe, set, resume, name, threads, project };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal, parsed.GetValue(recipe)!, parsed.GetValue(set) ?? [], parsed.GetValue(resume)!, parsed.GetValue(name), parsed.GetValue(threads), parsed.GetValue(project), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string recipePath, string[] overrides, string resume, string? name, int threads, string? project, CancellationToken cancel)
    {
        Recipe recipe = RecipeFile.Read(recipePath, overrides);
        await using Installation installation = Installation.Open();
        string runId = await RunIdAsync(installation, recipe, resume, cancel).ConfigureAwait(false);
        string runFolder = Path.Combine(installation.Home.RunsFolder, runId);
        string counted = await ProjectAsync(installation, runId, project, cancel).ConfigureAwait(false);
        var stages = new StageDisplay(terminal);
        using TrainingInputs inputs = await InputsAsync(installation, stages, recipe, recipePath, runFolder, cancel).ConfigureAwait(false);
        bool chats = ChatTemplate.Fits(inputs.Tokenizer);
        TrainedModel trained = await new TrainingRun(installation, stages).RunAsync(
            new TrainingRunRequest
            {
                Recipe = recipe,
                Inputs = inputs,
                RunId = runId,
                RunFolder = runFolder,
                ModelName = name ?? recipe.Name,
                Resume = resume is "auto" or "never" ? ResumeMode.Auto : ResumeMode.From(resume),
                Prompts = [.. recipe.Samples.Prompts.Select(p => SamplePrompt.Of(p, chats))],
                Threads = threads,
                Project = counted,
            },
            cancel).ConfigureAwait(false);
        return await ReportAsync(terminal, runId, trained).ConfigureAwait(false);
    }

    /// <summary>A recipe, resolved, names its run: the same one goes on, another one is another run. <c>never</c> begins a further run of it.</summary>
    private static async Task<string> RunIdAsync(Installation installation, Recipe recipe, string resume, CancellationToken cancel)
    {
        string id = $"{recipe.Name}-{new ContentDigest(RecipeJson.Digest(recipe)).Short[..8]}";
        if (resume != "never")
        {
            return id;
        }

        for (int n = 2; await installation.Registry.FindRunAsync(id, cancel).ConfigureAwait(false) is not null; n++)
        {
            id = $"{id.Split('.')[0]}.{n.ToString(CultureInfo.InvariantCulture)}";
        }

        return id;
    }

    /// <summary>A run that goes on stays with its project, unless another one is asked for: then all of the run moves there.</summary>
    private static async Task<string> ProjectAsync(Installation installation, string runId, string? asked, CancellationToken cancel)
    {
        if (asked is not null && !ProjectName.IsValid(asked))
        {
            throw new CommandException($"--project is '{asked}'; {ProjectName.Rule}.", ExitCode.Usage);
        }

        // The whole id: FindRunAsync would also take a run whose id begins so.
        RunRecord? begun = await installation.Registry.FindRunAsync(runId, cancel).ConfigureAwait(false);
        return asked ?? (begun?.Id == runId ? begun.Project : SettingsReader.Read(installation.Home).Compute.Project);
    }

    private static async Task<TrainingInputs> InputsAsync(Installation installation, StageDisplay stages, Recipe recipe, string recipePath, string runFolder, CancellationToken cancel)
    {
        string beside = Path.GetDirectoryName(Path.GetFullPath(recipePath))!;
        DataRecipe data = recipe.Data;
        if (data.Prepared is { } prepared)
        {
            if (recipe.Tokenizer.Path is not { } path)
            {
                throw new CommandException($"{recipePath}: data.prepared needs tokenizer.path: the tokenizer that the data set was made with.", ExitCode.Usage);
            }

            string folder = Path.Combine(beside, prepared);
            return new TrainingInputs(BpeTokenizer.Load(Path.Combine(beside, path)), PackedDataSet.Open(folder), folder, data.Source ?? "not recorded", data.Licence ?? "LicenseRef-unknown");
        }

        ICorpus corpus = await stages.RunAsync("Reading the corpus", _ => CorpusSource.Open([.. data.Corpus.Select(c => Path.Combine(beside, c))], data.ValidationFraction, recipe.Seed, cancel)).ConfigureAwait(false);
        var preparation = new InputPreparation(installation, stages);
        BpeTokenizer tokenizer = await preparation.TokenizerAsync(corpus, recipe.Tokenizer with { Path = recipe.Tokenizer.Path is { } given ? Path.Combine(beside, given) : null }, Path.Combine(runFolder, "tokenizer.json"), cancel).ConfigureAwait(false);
        var settings = new DataSetSettings(recipe.Model.ContextLength, DataPacking.Documents, data.LossOnAnswersOnly ? LossScope.Answers : LossScope.All);
        return await preparation.DataSetAsync(corpus, tokenizer, settings, recipe.Name, data.Licence ?? LicenseOf(data), cancel).ConfigureAwait(false);
    }

    private static string LicenseOf(DataRecipe data) => data.Corpus.Count == 0 ? CorpusSource.ReferenceLicense : "LicenseRef-unknown";

    private static async Task<int> ReportAsync(Terminal terminal, string runId, TrainedModel trained)
    {
        TrainingResult result = trained.Result;
        if (trained.Model is not { } model)
        {
            await terminal.Talk.WriteLineAsync($"Run {runId} stopped at step {result.Steps}; the same command goes on from {result.CheckpointDirectory}.").ConfigureAwait(false);
            return ExitCode.Cancelled;
        }

        await terminal.Data.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"run {runId}: {result.Steps:N0} steps, {result.Tokens:N0} tokens, held-out loss {result.HeldOut?.Loss:F4} nats/token ({result.HeldOut?.BitsPerByte:F4} bits/byte), {result.Flop:0.000e+0} FLOP ({TrainingFlop.Convention}) = {result.PetaflopDays:0.000e+0} petaflop/s-days\nmodel {model.Name}@{model.Digest.Short} in {model.Folder}")).ConfigureAwait(false);
        return ExitCode.Done;
    }
}
