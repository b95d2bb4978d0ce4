using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Loss on the first held-out rows, the same ones each time, through the network of the run.</summary>
internal sealed class Evaluator
{
    private readonly IBackend _backend;
    private readonly TrainingStep _step;
    private readonly ITrainingData _data;
    private readonly long _rows;
    private readonly int[] _ids;
    private readonly int[] _targets;
    private readonly float[] _losses;

    public Evaluator(IBackend backend, TrainingStep step, ITrainingData data, EvaluationRecipe settings)
    {
        _backend = backend;
        _step = step;
        _data = data;
        _rows = Math.Min(settings.Rows, data.RowCount(DataSplit.HeldOut));
        int tokens = step.Transformer.Shape.Rows;
        _ids = new int[tokens];
        _targets = new int[tokens];
        _losses = new float[tokens];
    }

    /// <summary>Whether there is anything held out.</summary>
    public bool HasRows => _rows > 0;

    /// <summary>Evaluates the parameters as they are.</summary>
    public EvaluationMetrics Evaluate(long step)
    {
        DeviceBuffer losses = _step.Losses.Slice(0, _losses.Length);
        int rowsAtOnce = _step.Transformer.Shape.Batch;
        double nats = 0;
        double natsOfText = 0;
        long targets = 0;
        long bytes = 0;
        for (long row = 0; row < _rows; row += rowsAtOnce)
        {
            ReadRows(row, rowsAtOnce);
            _step.Transformer.SetTokens(_ids, _targets);
            _step.Transformer.Evaluate(losses);
            _backend.Download(losses, _losses.AsSpan());
            for (int i = 0; i < _losses.Length; i++)
            {
                if (_targets[i] >= 0)
                {
                    int textBytes = _data.TokenByteLengths[_targets[i]];
                    nats += _losses[i];
                    natsOfText += textBytes > 0 ? _losses[i] : 0;
                    bytes += textBytes;
                    targets++;
                }
            }
        }

        double? bitsPerByte = bytes > 0 ? natsOfText / (Math.Log(2) * bytes) : null;
        return new EvaluationMetrics(step, targets > 0 ? nats / targets : 0, bitsPerByte, targets, bytes, _rows);
    }

    /// <summary>Reads rows; places past the last held-out row get no targets.</summary>
    private void ReadRows(long first, int count)
    {
        int time = _data.ContextLength;
        for (int i = 0; i < count; i++)
        {
            Span<int> ids = _ids.AsSpan(i * time, time);
            Span<int> targets = _targets.AsSpan(i * time, time);
            if (first + i < _rows)
            {
                _data.ReadRow(DataSplit.HeldOut, first + i, ids, targets);
            }
            else
            {
                ids.Clear();
                targets.Fill(-1);
            }
        }
    }
}
