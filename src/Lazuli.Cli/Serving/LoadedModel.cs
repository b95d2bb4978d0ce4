using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>A model folder ready to answer: tokenizer and engine; owns the engine, which owns weights and threads.</summary>
internal sealed class LoadedModel : IAsyncDisposable
{
    private LoadedModel(InferenceEngine engine, BpeTokenizer tokenizer, ModelConfig config)
    {
        Engine = engine;
        Tokenizer = tokenizer;
        Config = config;
    }

    public InferenceEngine Engine { get; }

    public BpeTokenizer Tokenizer { get; }

    public ModelConfig Config { get; }

    /// <summary>Loads the Hugging Face folder at <paramref name="folder"/>; <paramref name="meterOf"/> makes the meter of an engine with so many threads.</summary>
    public static LoadedModel Open(string folder, EngineSettings settings, Func<int, IEngineMeter>? meterOf = null)
    {
        using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
        BpeTokenizer tokenizer = BpeTokenizer.Load(files.TokenizerPath);
        return Create(
            tokenizer,
            files.Config,
            backend => InferenceModel.Load(backend, files),
            settings,
            meterOf);
    }

    /// <summary>Loads only the weights of the model at <paramref name="path"/>; the model owns <paramref name="backend"/>, whatever happens here.</summary>
    public static InferenceModel OpenWeights(string path, CpuBackend backend)
    {
        try
        {
            if (File.Exists(path))
            {
                return OpenFile(path, backend);
            }

            using HuggingFaceFolder files = HuggingFaceFolder.Open(path);
            return InferenceModel.Load(backend, files);
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    private static InferenceModel OpenFile(string path, CpuBackend backend)
    {
        GgufModelFile file = GgufModelFile.Open(path);
        try
        {
            return InferenceModel.Load(backend, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads weights that something in this process holds: a run between two steps.</summary>
    public static LoadedModel FromParameters(BpeTokenizer tokenizer, ModelConfig config, ParameterSource source, EngineSettings settings) =>
        Create(tokenizer, config, backend => InferenceModel.Load(backend, config, source), settings);

    public ValueTask DisposeAsync() => Engine.DisposeAsync(); // which disposes the model, which disposes its backend

    private static LoadedModel Create(BpeTokenizer tokenizer, ModelConfig config, Func<IBackend, InferenceModel> load, EngineSettings settings, Func<int, IEngineMeter>? meterOf = null)
    {
        var backend = new CpuBackend(settings.Threads);
        IDisposable owner = backend;
        try
        {
            InferenceModel model = load(backend);
            owner = model;
            var options = new InferenceOptions { MaxSequences = settings.MaxSequences, MaxQueuedRequests = settings.QueueLength, Meter = meterOf?.Invoke(backend.ThreadCount) };
            return new LoadedModel(InferenceEngine.Create(model, tokenizer, options), tokenizer, config);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }
}
