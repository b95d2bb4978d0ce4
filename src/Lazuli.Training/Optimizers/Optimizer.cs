using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Moves the parameters once a step: clips by the global norm, then AdamW on everything, or Muon on hidden matrices and AdamW on the rest.</summary>
/// <remarks>
/// AdamW runs over the longest stretches of the flat buffers that share a weight decay; the alignment gaps between parameters are
/// zero in all buffers and stay zero. Muon orthogonalises each logical part of a stacked matrix apart (query, key, value; gate, up).
/// </remarks>
internal sealed class Optimizer
{
    private readonly IBackend _backend;
    private readonly OptimizerRecipe _settings;
    private readonly OptimizerBuffers _buffers;
    private readonly List<(long Start, long Length, bool Decayed)> _adamRanges = [];
    private readonly List<MuonMatrix> _muonParts = [];
    private readonly DeviceBuffer _muonScratch;

    public Optimizer(IBackend backend, DeviceArena arena, ParameterTable table, OptimizerRecipe settings, OptimizerBuffers buffers)
    {
        _backend = backend;
        _settings = settings;
        _buffers = buffers;
        Norm = arena.Floats(2);
        foreach (ParameterInfo parameter in table.All)
        {
            if (settings.Kind == OptimizerKind.Muon && parameter.Role == ParameterRole.HiddenMatrix)
            {
                AddMuonParts(parameter);
            }
            else
            {
                AddAdamRange(parameter);
            }
        }

        _muonParts.Sort((a, b) => (b.Length, a.Start).CompareTo((a.Length, b.Start))); // the largest first: the last to finish is then a small one
        long scratch = _muonParts.Select(p => backend.MuonScratchLength(p.Rows, p.Columns)).DefaultIfEmpty(0).Max();
        _muonScratch = scratch > 0 ? arena.Floats(scratch * backend.ThreadCount) : default;
    }

    /// <summary>After <see cref="Update"/>: the gradient's norm, and what it was multiplied by (NaN where the norm is not finite).</summary>
    public DeviceBuffer Norm { get; }

    /// <summary>Applies the gradients.</summary>
    /// <param name="rateShare">Share of the highest learning rates.</param>
    /// <param name="updateNumber">Counts applied updates from 1, for AdamW's bias correction.</param>
    public void Update(double rateShare, long updateNumber)
    {
        _backend.GlobalNorm(_buffers.Gradients, (float)_settings.ClipNorm, Norm);
        foreach ((long start, long length, bool decayed) in _adamRanges)
        {
            var step = new AdamWStep(
                (float)(_settings.LearningRate * rateShare), (float)_settings.Beta1, (float)_settings.Beta2, (float)_settings.Epsilon,
                decayed ? (float)_settings.WeightDecay : 0f, updateNumber);
            _backend.AdamW(
                step, _buffers.Parameters.Slice(start, length), _buffers.Gradients.Slice(start, length),
                _buffers.FirstMoment.Slice(start, length), _buffers.SecondMoment.Slice(start, length), Norm);
        }

        var muon = new MuonStep((float)(_settings.MuonLearningRate * rateShare), (float)_settings.MuonMomentum, (float)_settings.MuonWeightDecay, _settings.MuonIterations);
        if (_muonParts.Count > 0)
        {
            _backend.MuonEach(muon, _muonParts, _buffers.Parameters, _buffers.Gradients, _buffers.FirstMoment, Norm, _muonScratch);
        }
    }

    /// <summary>Whether <paramref name="parameter"/> has a second moment under <paramref name="kind"/>.</summary>
    public static bool HasSecondMoment(OptimizerKind kind, ParameterInfo parameter) =>
        kind == OptimizerKind.AdamW || parameter.Role != ParameterRole.HiddenMatrix;

    private void AddMuonParts(ParameterInfo parameter)
    {
        long start = parameter.Offset;
        foreach (int rows in parameter.PartRows)
        {
            _muonParts.Add(new MuonMatrix(start, rows, parameter.Columns));
            start += (long)rows * parameter.Columns;
        }
    }

    private void AddAdamRange(ParameterInfo parameter)
    {
        const int MaxGap = 15; // the alignment gap; a longer one holds a parameter of Muon's
        if (_adamRanges.Count > 0)
        {
            (long start, long length, bool decayed) = _adamRanges[^1];
            if (decayed == parameter.IsMatrix && parameter.Offset - (start + length) <= MaxGap)
            {
                _adamRanges[^1] = (start, parameter.Offset + parameter.Length - start, decayed);
                return;
            }
        }

        _adamRanges.Add((parameter.Offset, parameter.Length, parameter.IsMatrix));
    }
}
