using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Last norm, output head and cross-entropy; all logits never exist at once.</summary>
/// <remarks>
/// Where some tokens have no target (questions, padding), the rows that have one are gathered first and the head's products run over those alone: with answers
/// only that is half of them. Rows keep their order, so every sum keeps its own.
/// </remarks>
internal sealed class HeadLayer
{
    private readonly IBackend _backend;
    private readonly StepScratch _scratch;
    private readonly int _rows;
    private readonly int _width;
    private readonly int _vocabulary;
    private readonly NormLayer _norm;
    private readonly Parameter _head;
    private readonly DeviceBuffer _targets;
    private readonly DeviceBuffer _targetRows;
    private readonly DeviceBuffer _gathered;
    private readonly DeviceBuffer _gatheredLosses;
    private readonly int[] _hostTargets;
    private readonly int[] _hostTargetRows;
    private int _targetCount;

    public HeadLayer(StepContext context, ParameterTable table)
    {
        _backend = context.Backend;
        _scratch = context.Scratch;
        ModelConfig model = context.Shape.Model;
        (_rows, _width, _vocabulary) = (context.Shape.Rows, model.Width, model.VocabularySize);
        _norm = context.Norm(table.FinalNorm, table.FinalNormBias);
        _head = context.Parameter(table.Head);
        _targets = context.Arena.Integers(_rows);
        _targetRows = context.Arena.Integers(_rows);
        _gathered = context.Arena.Floats((long)_rows * _width);
        _gatheredLosses = context.Arena.Floats(_rows);
        (_hostTargets, _hostTargetRows) = (new int[_rows], new int[_rows]);
    }

    /// <summary>Gives the pass its targets [R]; −1 for "no loss here".</summary>
    public void SetTargets(ReadOnlySpan<int> targets)
    {
        _targetCount = 0;
        for (int r = 0; r < _rows; r++)
        {
            if (targets[r] >= 0)
            {
                _hostTargets[_targetCount] = targets[r];
                _hostTargetRows[_targetCount++] = r;
            }
        }

        if (_targetCount > 0)
        {
            _backend.Upload<int>(_hostTargets.AsSpan(0, _targetCount), _targets.Slice(0, _targetCount));
            _backend.Upload<int>(_hostTargetRows.AsSpan(0, _targetCount), _targetRows.Slice(0, _targetCount));
        }
    }

    /// <summary>Writes each row's loss in nats (0 where there is no target).</summary>
    public void Losses(DeviceBuffer x, DeviceBuffer losses) => Run(x, losses, 1f, default, default);

    /// <summary>As <see cref="Losses"/>, and sets the residual gradient to that of <c>gradientScale · Σ losses</c>.</summary>
    public void LossesAndGradients(DeviceBuffer x, DeviceBuffer losses, float gradientScale)
    {
        Run(x, losses, gradientScale, _scratch.LastNormGradient, _head.Gradient);
        _backend.Fill(_scratch.ResidualGradient, 0f);
        _norm.Backward(x, _scratch.LastNormGradient);
    }

    private void Run(DeviceBuffer x, DeviceBuffer losses, float gradientScale, DeviceBuffer dNormed, DeviceBuffer dHead)
    {
        _norm.Forward(x);
        if (_targetCount == _rows)
        {
            _backend.LinearCrossEntropy(new LinearShape(_rows, _width, _vocabulary), _scratch.Normed, _head.Value, _targets, losses, gradientScale, dNormed, dHead);
            return;
        }

        _backend.Fill(losses, 0f);
        if (!dNormed.IsNone)
        {
            _backend.Fill(dNormed, 0f);
        }

        if (_targetCount == 0)
        {
            return;
        }

        DeviceBuffer targets = _targets.Slice(0, _targetCount);
        DeviceBuffer rows = _targetRows.Slice(0, _targetCount);
        DeviceBuffer gathered = _gathered.Slice(0, (long)_targetCount * _width);
        DeviceBuffer gatheredLosses = _gatheredLosses.Slice(0, _targetCount);
        DeviceBuffer dGathered = dNormed.IsNone ? default : _scratch.ResidualGradient.Slice(0, gathered.Length); // free until the norm runs backward
        _backend.EmbeddingGather(_width, rows, _scratch.Normed, gathered);
        _backend.LinearCrossEntropy(new LinearShape(_targetCount, _width, _vocabulary), gathered, _head.Value, targets, gatheredLosses, gradientScale, dGathered, dHead);
        _backend.EmbeddingScatterAdd(1, rows, gatheredLosses, losses);
        if (!dNormed.IsNone)
        {
            _backend.EmbeddingScatterAdd(_width, rows, dGathered, dNormed);
        }
    }
}
