using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Trains in a run directory, keeps the registry's record of the run, and registers the model it makes.</summary>
internal sealed class TrainingRun(Installation installation, StageDisplay stages)
{
    private const int PeakSlices = 5; // the best of some: a slice that others disturb is too low
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs to the end or until cancelled, and registers the model when the run is complete.</summary>
    /// <exception cref="CommandException">A compute commitment forbids it here, or the name is other owners'.</exception>
    public async Task<TrainedModel> RunAsync(TrainingRunRequest request, CancellationToken cancellationToken)
    {
        await TrainingPlacement.CheckAsync(installation, request.Project, request.ModelName, cancellationToken).ConfigureAwait(false);
        var ownership = new ModelOwnership(installation);
        await ownership.CheckAsync(request.ModelName, request.Project, cancellationToken).ConfigureAwait(false);
        RunRecord? begun = await installation.Registry.FindRunAsync(request.RunId, cancellationToken).ConfigureAwait(false);
        DateTimeOffset startedAt = begun?.Id == request.RunId ? begun.StartedAt : installation.Time.GetUtcNow(); // a run that goes on began when it first did
        await SaveAsync(request, "running", startedAt, null, null).ConfigureAwait(false);
        try
        {
            (TrainingResult result, EvaluationMetrics? untrained, ModelVersion? model) = await stages.RunAsync("Training", progress => Train(request, progress, cancellationToken)).ConfigureAwait(false);
            if (model is not null)
            {
                await ownership.InheritAsync(model.Name, request.Project, CancellationToken.None).ConfigureAwait(false);
                await installation.Registry.RegisterModelAsync(model, CancellationToken.None).ConfigureAwait(false);
            }

            await SaveAsync(request, result.Completed ? "finished" : "stopped", startedAt, result, model).ConfigureAwait(false);
            return new TrainedModel(result, untrained, model);
        }
        catch (Exception)
        {
            await SaveAsync(request, "failed", startedAt, null, null).ConfigureAwait(false);
            throw;
        }
    }

    private (TrainingResult Result, EvaluationMetrics? Untrained, ModelVersion? Model) Train(TrainingRunRequest request, StageProgress progress, CancellationToken cancellationToken)
    {
        using var backend = new CpuBackend(request.Threads);
        double peak = Enumerable.Range(0, PeakSlices).Max(_ => MachineLimits.MeasureFmaSlice(backend));
        var options = new TrainerOptions { RunDirectory = request.RunFolder, Resume = request.Resume, Time = installation.Time, PeakFlopPerSecond = peak * 1e9 };
        var display = new RunDisplay(progress, request.Inputs.Tokenizer, request.Prompts);
        using var trainer = new Trainer(backend, request.Recipe, new PackedTrainingData(request.Inputs.DataSet, request.Inputs.Tokenizer), options, display);
        TrainingResult result = trainer.Run(cancellationToken);
        return (result, display.Untrained, result.Completed ? Export(request, trainer.Snapshot, result) : null);
    }

    private ModelVersion Export(TrainingRunRequest request, ModelSnapshot snapshot, TrainingResult result)
    {
        BpeTokenizer tokenizer = request.Inputs.Tokenizer;
        bool chats = ChatTemplate.Fits(tokenizer);
        string parent = Path.Combine(installation.ModelsFolder, request.ModelName);
        string staged = Path.Combine(parent, $"new-{request.RunId}");
        Directory.CreateDirectory(parent);
        if (Directory.Exists(staged))
        {
            Directory.Delete(staged, recursive: true); // left by a process that was killed between writing and naming
        }

        HuggingFaceFolder.Write(staged, new ModelPackage
        {
            Config = snapshot.Model,
            Parameters = snapshot.Read,
            Tokenizer = TokenizerFiles.Of(tokenizer),
            ChatTemplate = chats ? ChatTemplate.Jinja : null,
            Provenance = Provenance(request, result),
        });
        var digest = new ContentDigest(ModelFolderDigest.Compute(staged));
        string folder = Path.Combine(parent, digest.Short);
        if (Directory.Exists(folder))
        {
            Directory.Delete(staged, recursive: true);
        }
        else
        {
            Directory.Move(staged, folder);
        }

        return new ModelVersion
        {
            Name = request.ModelName,
            Digest = digest,
            Folder = folder,
            CreatedAt = installation.Time.GetUtcNow(),
            Source = $"run {request.RunId}",
            License = request.Inputs.License,
            ParameterCount = snapshot.Table.ParameterCount,
            RunId = request.RunId,
            DataSets = [new ContentDigest(request.Inputs.DataSet.Digest)],
            Facts = JsonSerializer.SerializeToElement(result, s_json),
        };
    }

    private static ModelProvenance Provenance(TrainingRunRequest request, TrainingResult result)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return new ModelProvenance
        {
            Name = request.ModelName,
            License = request.Inputs.License,
            RunId = request.RunId,
            DataSets = [new DataSetOrigin(Path.GetFileName(request.Inputs.DataSetFolder), request.Inputs.License, request.Inputs.Source, request.Inputs.DataSet.Digest)],
            Facts =
            [
                new("Steps", result.Steps.ToString("N0", invariant)),
                new("Tokens", result.Tokens.ToString("N0", invariant)),
                new("Held-out loss (nats/token)", result.HeldOut?.Loss.ToString("F4", invariant) ?? "not measured"),
                new("Held-out bits per byte", result.HeldOut?.BitsPerByte?.ToString("F4", invariant) ?? "not measured"),
                new($"FLOP ({TrainingFlop.Convention})", result.Flop.ToString("0.000e+0", invariant)),
                new("Petaflop/s-days", result.PetaflopDays.ToString("0.000e+0", invariant)),
                new($"Energy in joules ({result.EnergySource})", result.EnergyJoules.ToString("F0", invariant)),
            ],
        };
    }

    private Task SaveAsync(TrainingRunRequest request, string status, DateTimeOffset startedAt, TrainingResult? result, ModelVersion? model) =>
        installation.Registry.SaveRunAsync(
            new RunRecord
            {
                Id = request.RunId,
                Project = request.Project,
                Recipe = request.Recipe.Name,
                Status = status,
                Folder = request.RunFolder,
                StartedAt = startedAt,
                UpdatedAt = installation.Time.GetUtcNow(),
                Model = model?.Digest,
                Facts = result is null ? default : JsonSerializer.SerializeToElement(result, s_json),
            },
            CancellationToken.None); // the record must tell the truth also when the run was cancelled
}
