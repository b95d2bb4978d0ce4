namespace Lazuli.Inference;

/// <summary>Log-probabilities of a row of logits: <c>log p(i) = l(i) − m − log Σ exp(l(j) − m)</c>, m the largest logit, and the likeliest tokens.</summary>
/// <remarks>Scratch is made once. Ties go to the lower id. Not thread-safe.</remarks>
internal sealed class LogProbabilityReader(int vocabularySize)
{
    private readonly float[] _logits = new float[vocabularySize];
    private readonly PriorityQueue<int, (float Logit, int NegativeId)> _likeliest = new();
    private double _logSum;

    /// <summary>Keeps a row as the model gave it, before anything changes it.</summary>
    public void Take(ReadOnlySpan<float> logits)
    {
        logits[.._logits.Length].CopyTo(_logits);
        float max = float.NegativeInfinity;
        MostLikely = 0;
        for (int id = 0; id < _logits.Length; id++)
        {
            if (_logits[id] > max)
            {
                max = _logits[id];
                MostLikely = id;
            }
        }

        double sum = 0;
        foreach (float logit in _logits)
        {
            sum += Math.Exp((double)logit - max);
        }

        _logSum = max + Math.Log(sum);
    }

    /// <summary>The likeliest token of that row; of equals the lowest id.</summary>
    public int MostLikely { get; private set; }

    /// <summary>Whether that row has probabilities: no logit is NaN or plus infinity, and one is finite.</summary>
    public bool IsFinite => double.IsFinite(_logSum);

    /// <summary>Natural logarithm of a token's probability in the row taken last.</summary>
    public double Of(int id) => _logits[id] - _logSum;

    /// <summary>Ids of the likeliest tokens of that row, likeliest first.</summary>
    public int[] Likeliest(int count)
    {
        count = Math.Min(count, _logits.Length);
        _likeliest.Clear();
        for (int id = 0; id < _logits.Length && count > 0; id++)
        {
            (float, int) rank = (_logits[id], -id);
            if (_likeliest.Count < count)
            {
                _likeliest.Enqueue(id, rank);
            }
            else if (_likeliest.TryPeek(out _, out (float Logit, int NegativeId) least) && rank.CompareTo(least) > 0)
            {
                _likeliest.DequeueEnqueue(id, rank);
            }
        }

        var ids = new int[_likeliest.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
        {
            ids[i] = _likeliest.Dequeue();
        }

        return ids;
    }
}
