using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>A model ready to answer; owns the engine, which owns weights and threads.</summary>
internal sealed class LoadedModel : IAsyncDisposable
{
    private LoadedModel(InferenceEngine engine) => Engine = engine;

    public InferenceEngine Engine { get; }

    /// <summary>Loads the model at <paramref name="path"/>, see <see cref="InferenceModel.Open"/>; <paramref name="meterOf"/> makes the meter of an engine with so many threads.</summary>
    public static LoadedModel Open(string path, EngineSettings settings, Func<int, IEngineMeter>? meterOf = null) =>
        Create(backend => InferenceModel.Open(path, backend), (model, options) => InferenceEngine.Create(model, options), settings, meterOf);

    /// <summary>Loads weights that something in this process holds: a run between two steps.</summary>
    public static LoadedModel FromParameters(BpeTokenizer tokenizer, ModelConfig config, ParameterSource source, EngineSettings settings) =>
        Create(backend => InferenceModel.Load(backend, config, source), (model, options) => InferenceEngine.Create(model, tokenizer, options), settings, meterOf: null);

    public ValueTask DisposeAsync() => Engine.DisposeAsync(); // which disposes the model, which disposes its backend

    private static LoadedModel Create(Func<IBackend, InferenceModel> load, Func<InferenceModel, InferenceOptions, InferenceEngine> start, EngineSettings settings, Func<int, IEngineMeter>? meterOf)
    {
        var backend = new CpuBackend(settings.Threads);
        IDisposable owner = backend;
        try
        {
            InferenceModel model = load(backend);
            owner = model;
            var options = new InferenceOptions
            {
                MaxSequences = settings.MaxSequences,
                MaxQueuedRequests = settings.QueueLength,
                StepTarget = settings.StepTarget,
                WeightOf = settings.ReadWeights(),
                KeyValueFormat = settings.KeyValueFormat,
                KeyValueBytes = (long)settings.KeyValueMebibytes << 20,
                Meter = meterOf?.Invoke(backend.ThreadCount),
            };
            return new LoadedModel(start(model, options));
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }
}
