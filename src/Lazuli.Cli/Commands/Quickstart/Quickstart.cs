using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Numerics;
using Lazuli.Storage;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>The whole path: corpus → tokenizer → data set → training → registry → evaluation → server.</summary>
/// <remarks>
/// (1) Serve the model that is there, unless asked to train again. (2) Read the corpus. (3) Train the tokenizer. (4) Pack.
/// (5) Measure this machine and choose a model for the time that is left. (6) Train; a run cut short goes on. (7) Judge on held-out
/// members beside three baselines. (8) Sell to a sample customer, report, serve, talk.
/// </remarks>
internal sealed class Quickstart(Terminal terminal, QuickstartOptions options)
{
    public const string ModelName = "quickstart";
    private const string ReportFile = "quickstart.json";

    // After training: the final evaluation, writing the folder, the answers to held-out questions, starting the server, the sample of licences.
    private static readonly TimeSpan s_afterTraining = TimeSpan.FromSeconds(28);
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly StageDisplay _stages = new(terminal);
    private double _peakAtBegin; // measured at two moments: others may use the machine at one of them

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        if (options.Minutes is not (>= 0.5 and <= 1440))
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--minutes is {options.Minutes}; it must be from 0.5 to 1440."), ExitCode.Usage);
        }

        await using Installation installation = Installation.Open(HomeUse.Work);
        SettingsReader settings = SettingsReader.Read(installation.Home, ServeCommand.Flags(null, options.Port, null));
        ModelVersion? existing = options.Again ? null : await installation.Registry.FindModelAsync(ModelName, cancel).ConfigureAwait(false);
        bool isNew = existing is null;
        QuickstartReport report;
        if (existing is null)
        {
            (existing, report) = await MakeAsync(installation, settings, cancel).ConfigureAwait(false);
        }
        else
        {
            report = ReadReport(installation, existing) ?? new QuickstartReport();
            await terminal.Talk.WriteLineAsync($"{existing.Name}@{existing.Digest.Short} is there already; serving it. Train again with --again.").ConfigureAwait(false);
        }

        var page = new QuickstartPage(terminal, installation, existing, report);
        if (!options.Serve)
        {
            page.Print(null, null, null, null);
            return ExitCode.Done;
        }

        await ServeAsync(installation, settings, existing, page, isNew, cancel).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private async Task<(ModelVersion Model, QuickstartReport Report)> MakeAsync(Installation installation, SettingsReader settings, CancellationToken cancel)
    {
        _peakAtBegin = MeasurePeak();
        string runId = await RunIdAsync(installation, cancel).ConfigureAwait(false);
        string runFolder = Path.Combine(installation.Home.RunsFolder, runId);
        IReadOnlyList<string> paths = await ReferencePackage.ResolveAsync(terminal, installation.Home, options, cancel).ConfigureAwait(false);
        Recipe unplanned = RecipeFile.Read(RecipePath());
        ICorpus corpus = await _stages.RunAsync("Reading the corpus", progress => ReadCorpus(paths, unplanned, progress, cancel)).ConfigureAwait(false);
        var preparation = new InputPreparation(installation, _stages);
        BpeTokenizer tokenizer = await preparation.TokenizerAsync(corpus, unplanned.Tokenizer, Path.Combine(runFolder, "tokenizer.json"), cancel).ConfigureAwait(false);
        var packing = new DataSetSettings(unplanned.Model.ContextLength, DataPacking.Documents, unplanned.Data.LossOnAnswersOnly ? LossScope.Answers : LossScope.All);
        string license = options.Corpus.Count == 0 ? CorpusSource.ReferenceLicense : "LicenseRef-unknown";
        using TrainingInputs inputs = await preparation.DataSetAsync(corpus, tokenizer, packing, options.Corpus.Count == 0 ? "dotnet-reference" : "quickstart-corpus", license, cancel).ConfigureAwait(false);
        Recipe recipe = RecipeFile.Read(RecipePath(), Overrides(unplanned, runFolder));
        HeldOutQuestions questions = HeldOutQuestions.Of(corpus);
        TrainedModel trained = await new TrainingRun(installation, _stages).RunAsync(
            new TrainingRunRequest { Recipe = recipe, Inputs = inputs, RunId = runId, RunFolder = runFolder, ModelName = ModelName, Project = settings.Compute.Project, Prompts = questions.ShownWhileTraining },
            cancel).ConfigureAwait(false);
        if (trained.Model is not { } model)
        {
            throw new CommandException($"Stopped at step {trained.Result.Steps}; run the same command again to go on.", ExitCode.Cancelled);
        }

        QuickstartReport report = await new AnswerJudge(_stages, settings.Engine).JudgeAsync(model, trained, recipe, corpus, questions, cancel).ConfigureAwait(false);
        report = report with { ChartFile = await DrawAsync(installation, runFolder, cancel).ConfigureAwait(false) };
        report = report with { Seconds = Stopwatch.GetElapsedTime(_begun).TotalSeconds };
        await File.WriteAllTextAsync(Path.Combine(runFolder, ReportFile), JsonSerializer.Serialize(report, s_json), cancel).ConfigureAwait(false);
        return (model, report);
    }

    /// <summary>Draws this home's runs on the chart of training compute; the quickstart does not fail for a picture that cannot be written.</summary>
    private async Task<string?> DrawAsync(Installation installation, string runFolder, CancellationToken cancel)
    {
        string path = Path.Combine(runFolder, "compute.png");
        try
        {
            IReadOnlyList<TrendRun> runs = await ComputeTrendCommand.RunsAsync(installation, cancel).ConfigureAwait(false);
            TrendChart.Write(path, ComputeTrend.Usual(DateOnly.FromDateTime(installation.Time.GetUtcNow().UtcDateTime), runs));
            return path;
        }
        catch (IOException e)
        {
            await terminal.Talk.WriteLineAsync($"The compute chart was not written: {e.Message}").ConfigureAwait(false);
            return null;
        }
    }

    private static ICorpus ReadCorpus(IReadOnlyList<string> paths, Recipe recipe, StageProgress progress, CancellationToken cancel)
    {
        ICorpus corpus = CorpusSource.Open(paths, recipe.Data.ValidationFraction, recipe.Seed, cancel);
        if (corpus is XmlDocumentationCorpus { Report: var r })
        {
            progress.Note(string.Create(CultureInfo.InvariantCulture, $"  {r.Read:N0} documented members: {r.Train:N0} names to learn from, {r.HeldOut:N0} held out by declaring type ({r.Duplicates:N0} duplicates and {r.Dropped:N0} held-out ones whose summary occurs in training are dropped)."));
        }

        return corpus;
    }

    private static double MeasurePeak()
    {
        const int Slices = 8;
        using var backend = new CpuBackend();
        return Enumerable.Range(0, Slices).Max(_ => MachineLimits.MeasureFmaSlice(backend));
    }

    /// <summary>The plan is made once a run and kept with it, so that a run cut short goes on as it was planned.</summary>
    private IReadOnlyList<string> Overrides(Recipe recipe, string runFolder)
    {
        string path = Path.Combine(runFolder, "plan.json");
        if (File.Exists(path))
        {
            return JsonSerializer.Deserialize<string[]>(File.ReadAllText(path)) ?? [];
        }

        double left = options.Minutes - (Stopwatch.GetElapsedTime(_begun) + s_afterTraining).TotalMinutes;
        IReadOnlyList<string> overrides = QuickstartPlan.For(recipe, Math.Max(_peakAtBegin, MeasurePeak()), Math.Max(0.2, left)).Overrides();
        File.WriteAllText(path, JsonSerializer.Serialize(overrides));
        return overrides;
    }

    /// <summary>An unfinished quickstart run goes on; else a new one begins.</summary>
    private static async Task<string> RunIdAsync(Installation installation, CancellationToken cancel)
    {
        IReadOnlyList<RunRecord> runs = await installation.Registry.ListRunsAsync(cancel).ConfigureAwait(false);
        RunRecord[] mine = [.. runs.Where(r => r.Id.StartsWith(ModelName + "-", StringComparison.Ordinal) && r.Recipe == ModelName)];
        return mine.FirstOrDefault(r => r.Status != "finished")?.Id ?? string.Create(CultureInfo.InvariantCulture, $"{ModelName}-{mine.Length + 1}");
    }

    private async Task ServeAsync(Installation installation, SettingsReader settings, ModelVersion model, QuickstartPage page, bool isNew, CancellationToken cancel)
    {
        await using ServingAccumulator accounts = ServeCommand.Accounts(terminal, installation, settings); // ends after the engines
        var host = new ModelHost();
        await using (host.ConfigureAwait(false))
        {
            LoadedModel loaded = host.Open(model, settings.Engine, accounts);
            LicenceSample? sample = isNew ? new LicenceSample(installation, host, model) : null;
            SampleSession? session = sample is null ? null : await TryAsync(() => sample.PlayAsync(page.Question, cancel)).ConfigureAwait(false);
            Invoice? invoice = session is null ? null : await TryAsync(() => sample!.InvoiceAsync(cancel)).ConfigureAwait(false);
            WebServer server = await WebServer.StartAsync(installation, settings, host, cancel).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                string? key = isNew ? (await installation.Keys.CreateAsync(ModelName, settings.Compute.Project, cancel).ConfigureAwait(false)).Key : null;
                page.Print(server.Url, key, session, invoice);
                Task serving = server.RunAsync(cancel);
                if (terminal.IsInteractive && loaded.Engine.SupportsChat)
                {
                    await terminal.Talk.WriteLineAsync("Ask something (an empty line leaves the chat; the server goes on until Ctrl-C):").ConfigureAwait(false);
                    await TalkAsync(loaded, cancel).ConfigureAwait(false);
                    await terminal.Talk.WriteLineAsync("Serving until Ctrl-C.").ConfigureAwait(false);
                }

                await serving.ConfigureAwait(false);
            }
        }
    }

    /// <summary>The sample shows what the platform does; the quickstart does not fail for it, and says so.</summary>
    private async Task<T?> TryAsync<T>(Func<Task<T>> part)
        where T : class
    {
        try
        {
            return await part().ConfigureAwait(false);
        }
        catch (Exception e) when (e is CommandException or HttpRequestException or System.Text.Json.JsonException or ArgumentException or Lazuli.Storage.StorageFailedException or BillingRefusedException)
        {
            await terminal.Talk.WriteLineAsync($"The sample of licences and invoices was not played to its end: {e.Message}").ConfigureAwait(false);
            return null;
        }
    }

    // Each question stands alone: so small a model has learnt single questions, and earlier turns only confuse it.
    private async Task TalkAsync(LoadedModel loaded, CancellationToken cancel)
    {
        try
        {
            await ChatCommand.TalkAsync(terminal, loaded, null, messages => new GenerationRequest { Prompt = new GenerationPrompt.Chat([messages[^1]]), Sampling = new SamplingOptions { Temperature = 0 }, MaxTokens = 64 }, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C at the prompt: the server drains, which its own task waits for.
        }
    }

    private static QuickstartReport? ReadReport(Installation installation, ModelVersion model)
    {
        string path = Path.Combine(installation.Home.RunsFolder, model.RunId ?? string.Empty, ReportFile);
        return File.Exists(path) ? JsonSerializer.Deserialize<QuickstartReport>(File.ReadAllText(path), s_json) : null;
    }

    private static string RecipePath() => Path.Combine(AppContext.BaseDirectory, "recipes", "quickstart.yaml");
}
