using System.Diagnostics;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Times prefill and decode of a model without scheduler, sampling or text: what the weights and kernels give, as shares of limits measured around each window.</summary>
/// <remarks>Tokens are fixed numbers that look random. Does not own the model.</remarks>
public sealed class InferenceBenchmark : IDisposable
{
    private const int PageTokens = 32;
    private const int WindowsOfDecode = 8;
    private const int WarmupSteps = 2;
    private const double MostSeconds = 40; // of one measurement: a large model on a busy machine still ends

    private readonly InferenceModel _model;
    private readonly Func<LimitSlice> _measureLimits;
    private readonly PagedKeyValueCache _cache;
    private readonly ForwardPass _forward;
    private readonly StepBatch _batch;
    private readonly InferenceFlop _flop;
    private readonly double _keyValueBytes;
    private uint _token = 1;

    /// <summary>Takes memory for the largest measurement.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="measureLimits">Measures the limits over some milliseconds.</param>
    /// <param name="mostParallel">Most sequences at once.</param>
    /// <param name="mostTokens">Most tokens of a sequence, at most the model's context.</param>
    /// <param name="keyValueFormat">How keys and values are kept, as an engine would.</param>
    /// <param name="rowsOfStep">Most prompt tokens of a step.</param>
    public InferenceBenchmark(InferenceModel model, Func<LimitSlice> measureLimits, int mostParallel, int mostTokens, KeyValueFormat keyValueFormat = KeyValueFormat.F16, int rowsOfStep = 512)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(measureLimits);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostParallel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mostTokens, model.Config.ContextLength);
        _model = model;
        _measureLimits = measureLimits;
        int pages = (mostTokens + PageTokens - 1) / PageTokens;
        KeyValueFormat format = PagedKeyValueCache.Fitting(model.Config, keyValueFormat);
        _cache = new PagedKeyValueCache(model.Backend, model.Config, new PageTable(mostParallel, pages * mostParallel, PageTokens, pages), format);
        int rows = Math.Max(rowsOfStep, mostParallel);
        _forward = new ForwardPass(model, _cache, rows, mostParallel);
        _batch = new StepBatch(rows, mostParallel, model.Config.VocabularySize);
        _flop = new InferenceFlop(model.Config);
        _keyValueBytes = PagedKeyValueCache.BytesPerToken(model.Config, format);
        MostTokens = mostTokens;
    }

    /// <summary>Most tokens of a sequence.</summary>
    public int MostTokens { get; }

    /// <summary>Times a prompt of so many tokens, from nothing to the logits of its last token.</summary>
    /// <param name="tokens">Tokens of the prompt.</param>
    /// <param name="windows">Undisturbed prompts wanted; at most three times as many are tried, for at most 40 seconds.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public InferenceMeasurement Prefill(int tokens, int windows = 7, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MostTokens);
        Feed(tokens); // the first pays for pages and for compiling
        return Collect(1, windows, () => Feed(tokens), cancellationToken);

        (long Tokens, double Flop, double Bytes) Feed(int count)
        {
            int slot = _cache.TryOpen(count, []);
            double flop = _flop.Head, bytes = 0;
            for (int at = 0; at < count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _batch.Clear();
                for (; at < count && _batch.RoomLeft > 0; at++)
                {
                    Add(slot, at);
                    flop += _flop.At(at);
                }

                bytes += _model.StreamedBytes + (_keyValueBytes * at);
                if (at == count)
                {
                    _batch.AskForLogits();
                }

                _forward.Run(_batch);
            }

            _cache.Table.Close(slot);
            return (count, flop, bytes);
        }
    }

    /// <summary>Times decoding: one token a step for each of <paramref name="parallel"/> sequences, from an empty context to <paramref name="tokens"/>, over and over.</summary>
    /// <param name="parallel">Sequences at once.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="windows">Undisturbed windows wanted, an eighth of <paramref name="tokens"/> each; at most three times as many are tried, for at most 40 seconds.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public InferenceMeasurement Decode(int parallel, int tokens, int windows = 8, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parallel, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parallel, _cache.Table.Slots);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MostTokens);
        var slots = new int[parallel];
        int at = 0;
        Open();
        for (int i = 0; i < Math.Min(WarmupSteps, tokens); i++)
        {
            Step();
        }

        InferenceMeasurement result = Collect(parallel, windows, Window, cancellationToken);
        Close();
        return result;

        (long Tokens, double Flop, double Bytes) Window()
        {
            int steps = Math.Max(1, tokens / WindowsOfDecode);
            double flop = 0, bytes = 0;
            for (int i = 0; i < steps; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (at == tokens)
                {
                    Close();
                    Open();
                }

                flop += parallel * (_flop.At(at) + _flop.Head);
                bytes += _model.StreamedBytes + (parallel * (_model.EmbeddingRowBytes + (_keyValueBytes * (at + 1))));
                Step();
            }

            return ((long)steps * parallel, flop, bytes);
        }

        void Step()
        {
            _batch.Clear();
            foreach (int slot in slots)
            {
                Add(slot, at);
                _batch.AskForLogits();
            }

            _forward.Run(_batch);
            at++;
        }

        void Open()
        {
            at = 0;
            for (int i = 0; i < parallel; i++)
            {
                slots[i] = _cache.TryOpen(tokens, []);
            }
        }

        void Close()
        {
            foreach (int slot in slots)
            {
                _cache.Table.Close(slot);
            }
        }
    }

    /// <summary>Gives back keys, values and activations.</summary>
    public void Dispose()
    {
        _forward.Dispose();
        _cache.Dispose();
    }

    private InferenceMeasurement Collect(int parallel, int windows, Func<(long Tokens, double Flop, double Bytes)> work, CancellationToken cancellationToken)
    {
        var all = new List<BenchmarkWindow>();
        LimitSlice before = _measureLimits();
        long begun = Stopwatch.GetTimestamp();
        while (all.Count == 0 || (all.Count < 3 * windows && InferenceMeasurement.Undisturbed(all).Count < windows && Stopwatch.GetElapsedTime(begun).TotalSeconds < MostSeconds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            (long tokens, double flop, double bytes) = work();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            LimitSlice after = _measureLimits();
            all.Add(new BenchmarkWindow(seconds, tokens, flop, bytes, before, after));
            before = after;
        }

        return InferenceMeasurement.Of(parallel, all);
    }

    private void Add(int slot, int position)
    {
        _token = (_token * 1_664_525) + 1_013_904_223; // Knuth's linear congruence: any tokens do
        _batch.Add((int)(_token % (uint)_model.Config.VocabularySize), position, slot, _cache.Table.PoolRow(slot, position));
    }
}
