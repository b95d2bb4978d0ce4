using Lazuli.Models;
using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>A model as it was before its first step: the same shape and seed, nothing learnt.</summary>
internal sealed class UntrainedModel : IDisposable
{
    private readonly CpuBackend _backend = new();
    private readonly DeviceArena _arena;
    private readonly DeviceBuffer _parameters;

    /// <summary>Takes shape and tokenizer from <paramref name="folder"/> and initial weights from <paramref name="seed"/>.</summary>
    public UntrainedModel(string folder, ulong seed)
    {
        using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
        Config = files.Config;
        Tokenizer = BpeTokenizer.Load(files.TokenizerPath);
        var table = new ParameterTable(Config);
        _arena = _backend.CreateArena("untrained", table.BufferLength * sizeof(float));
        _parameters = _arena.Floats(table.BufferLength);
        ParameterInitializer.Fill(_backend, table, _parameters, seed);
    }

    public ModelConfig Config { get; }

    public BpeTokenizer Tokenizer { get; }

    /// <summary>Copies a parameter's values; fits <see cref="ParameterSource"/>.</summary>
    public void Read(ParameterInfo parameter, Span<float> destination) => _backend.Download(_parameters.Slice(parameter.Offset, parameter.Length), destination);

    public void Dispose()
    {
        _arena.Dispose();
        _backend.Dispose();
    }
}
