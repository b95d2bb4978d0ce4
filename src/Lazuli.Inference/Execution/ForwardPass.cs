using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>One step through the model for a batch of rows: prefill chunks and decodes together. All buffers are made once, for the largest batch.</summary>
/// <remarks>
/// <para>Letters as in <see cref="IBackend"/>; O is the number of rows of which something is wanted.</para>
/// <list type="number">
/// <item>Look up the tokens: <c>x[R,C]</c> (plus positions for GPT-2).</item>
/// <item>Each block: norm, queries/keys/values, rotation (Llama), keys and values into their pages, attention over the pages, projection onto x; norm, feed-forward, onto x.</item>
/// <item>In the last block, once keys and values are stored, only the O rows go on: nobody reads the others.</item>
/// <item>Last norm. States go to their readers. Head: logits for readers come first, a few rows at a time, so that their number takes no memory; then the logits that stay.</item>
/// </list>
/// <para>Every operator treats rows independently, so a row's logits do not depend on what else is in the batch.</para>
/// </remarks>
internal sealed class ForwardPass : IDisposable
{
    private readonly IBackend _backend;
    private readonly InferenceModel _model;
    private readonly ModelConfig _config;
    private readonly PagedKeyValueCache _cache;
    private readonly DeviceArena _arena;
    private readonly int _queryWidth;
    private readonly int _qkvWidth;

    private readonly DeviceBuffer _ids;
    private readonly DeviceBuffer _positions;
    private readonly DeviceBuffer _slots;
    private readonly DeviceBuffer _poolRows;
    private readonly DeviceBuffer _outputRows;
    private readonly DeviceBuffer _outputPositions;
    private readonly DeviceBuffer _outputSlots;
    private readonly DeviceBuffer _residual;
    private readonly DeviceBuffer _residualOfOutputs;
    private readonly DeviceBuffer _normed;
    private readonly DeviceBuffer _qkv;
    private readonly DeviceBuffer _qkvOfOutputs;
    private readonly DeviceBuffer _attended;
    private readonly DeviceBuffer _feedForwardIn;
    private readonly DeviceBuffer _activated;
    private readonly DeviceBuffer _mean;
    private readonly DeviceBuffer _rstd;
    private readonly DeviceBuffer _logits;
    private readonly int _maxLogitRows;
    private float[] _hidden = []; // states on the host; made when somebody first wants some

    public ForwardPass(InferenceModel model, PagedKeyValueCache cache, int maxRows, int maxLogitRows)
    {
        _backend = model.Backend;
        _model = model;
        _config = model.Config;
        _cache = cache;
        _arena = _backend.CreateArena("activations");
        _queryWidth = _config.Heads * _config.HeadSize;
        _qkvWidth = _queryWidth + (2 * _config.KeyValueHeads * _config.HeadSize);
        _ids = _arena.Integers(maxRows);
        _positions = _arena.Integers(maxRows);
        _slots = _arena.Integers(maxRows);
        _poolRows = _arena.Integers(maxRows);
        _maxLogitRows = maxLogitRows;
        _outputRows = _arena.Integers(maxRows);
        _outputPositions = _arena.Integers(maxRows);
        _outputSlots = _arena.Integers(maxRows);
        _residual = Floats(maxRows, _config.Width);
        _residualOfOutputs = Floats(maxRows, _config.Width);
        _normed = Floats(maxRows, _config.Width);
        _qkv = Floats(maxRows, _qkvWidth);
        _qkvOfOutputs = Floats(maxRows, _qkvWidth);
        _attended = Floats(maxRows, _queryWidth);
        _feedForwardIn = Floats(maxRows, model.Blocks[0].FeedForwardIn.Out);
        _activated = Floats(maxRows, _config.FeedForwardWidth);
        _mean = _arena.Floats(maxRows);
        _rstd = _arena.Floats(maxRows);
        _logits = Floats(maxLogitRows, _config.VocabularySize);
    }

    /// <summary>Runs <paramref name="batch"/>, stores its keys and values, and fills its logits.</summary>
    public void Run(StepBatch batch)
    {
        int rows = batch.Rows;
        DeviceBuffer positions = Send(batch.Positions, _positions);
        DeviceBuffer slots = Send(batch.Slots, _slots);
        DeviceBuffer poolRows = Send(batch.PoolRows, _poolRows);
        DeviceBuffer residual = Rows(_residual, rows, _config.Width);
        Embed(Send(batch.Ids, _ids), positions, residual);
        for (int layer = 0; layer < _model.Blocks.Count; layer++)
        {
            BlockWeights block = _model.Blocks[layer];
            DeviceBuffer qkv = Rows(_qkv, rows, _qkvWidth);
            ProjectQkv(block, rows, residual, positions, qkv);
            _backend.StoreKeyValue(Paged(rows), qkv, poolRows, _cache.Keys(layer), _cache.Values(layer));
            if (layer == _model.Blocks.Count - 1 && !batch.OutputsAreRows)
            {
                if (batch.OutputRows == 0)
                {
                    return;
                }

                batch.ArrangeOutputs();
                rows = batch.OutputRows;
                DeviceBuffer chosen = Send(batch.OutputRowNumbers, _outputRows);
                positions = Send(batch.OutputPositions, _outputPositions);
                slots = Send(batch.OutputSlots, _outputSlots);
                residual = Gather(chosen, residual, Rows(_residualOfOutputs, rows, _config.Width), _config.Width);
                qkv = Gather(chosen, qkv, Rows(_qkvOfOutputs, rows, _qkvWidth), _qkvWidth);
            }

            Attend(block, layer, rows, qkv, slots, positions, residual);
            FeedForward(block, rows, residual);
        }

        Finish(batch, Norm(rows, residual, _model.FinalNorm, _model.FinalNormBias));
    }

    public void Dispose() => _arena.Dispose();

    private void Embed(DeviceBuffer ids, DeviceBuffer positions, DeviceBuffer residual)
    {
        _model.TokenEmbedding.Gather(_backend, _config.Width, ids, residual);
        if (_config.Family == ModelFamily.Gpt2)
        {
            _backend.EmbeddingGather(_config.Width, positions, _model.PositionEmbedding, residual, accumulate: true);
        }
    }

    private void ProjectQkv(BlockWeights block, int rows, DeviceBuffer residual, DeviceBuffer positions, DeviceBuffer qkv)
    {
        DeviceBuffer normed = Norm(rows, residual, block.AttentionNorm, block.AttentionNormBias);
        block.Qkv.Run(_backend, rows, normed, qkv);
        var heads = new RopeShape(rows, _qkvWidth, _config.HeadSize, _model.RotaryPairing);
        if (!block.QueryNorm.IsNone)
        {
            _backend.RmsNormHeads(heads, _config.NormEpsilon, qkv, block.QueryNorm, column: 0, _config.Heads);
            _backend.RmsNormHeads(heads, _config.NormEpsilon, qkv, block.KeyNorm, column: _queryWidth, _config.KeyValueHeads);
        }

        if (_config.Family == ModelFamily.Llama)
        {
            // Query and key heads lie side by side, so one call turns both.
            _backend.Rope(heads, qkv, positions, _model.RotaryTable, column: 0, _config.Heads + _config.KeyValueHeads);
        }
    }

    private void Attend(BlockWeights block, int layer, int rows, DeviceBuffer qkv, DeviceBuffer slots, DeviceBuffer positions, DeviceBuffer residual)
    {
        DeviceBuffer attended = Rows(_attended, rows, _queryWidth);
        _backend.PagedAttention(Paged(rows), qkv, _cache.Keys(layer), _cache.Values(layer), _cache.DeviceTable, slots, positions, attended);
        block.AttentionOut.Run(_backend, rows, attended, residual, accumulate: true);
    }

    private void FeedForward(BlockWeights block, int rows, DeviceBuffer residual)
    {
        DeviceBuffer normed = Norm(rows, residual, block.FeedForwardNorm, block.FeedForwardNormBias);
        DeviceBuffer hidden = Rows(_feedForwardIn, rows, block.FeedForwardIn.Out);
        DeviceBuffer activated = Rows(_activated, rows, _config.FeedForwardWidth);
        block.FeedForwardIn.Run(_backend, rows, normed, hidden);
        if (_config.Family == ModelFamily.Llama)
        {
            _backend.SwiGlu(_config.FeedForwardWidth, hidden, activated);
        }
        else
        {
            _backend.Gelu(hidden, activated);
        }

        block.FeedForwardOut.Run(_backend, rows, activated, residual, accumulate: true);
    }

    /// <summary>From the last norm's states [O, C] to what is wanted of them.</summary>
    private void Finish(StepBatch batch, DeviceBuffer states)
    {
        int width = _config.Width;
        if (batch.ReadHiddenRows > 0 && _hidden.Length == 0)
        {
            _hidden = new float[_maxLogitRows * width];
        }

        for (int done = 0; done < batch.ReadHiddenRows; done += _maxLogitRows)
        {
            int rows = Math.Min(_maxLogitRows, batch.ReadHiddenRows - done);
            Span<float> hidden = _hidden.AsSpan(0, rows * width);
            _backend.Download(RowsFrom(states, batch.LogitRows + batch.ReadLogitRows + done, rows, width), hidden);
            batch.DeliverHidden(done, hidden, width);
        }

        for (int done = 0; done < batch.ReadLogitRows; done += _maxLogitRows)
        {
            int rows = Math.Min(_maxLogitRows, batch.ReadLogitRows - done);
            Span<float> logits = batch.LogitScratch(rows);
            Head(RowsFrom(states, batch.LogitRows + done, rows, width), rows, logits);
            batch.DeliverLogits(done, logits);
        }

        if (batch.LogitRows > 0)
        {
            Head(Rows(states, batch.LogitRows, width), batch.LogitRows, batch.Logits);
        }
    }

    private void Head(DeviceBuffer states, int rows, Span<float> logits)
    {
        DeviceBuffer deviceLogits = Rows(_logits, rows, _config.VocabularySize);
        _model.Head.Run(_backend, rows, states, deviceLogits);
        _backend.Download(deviceLogits, logits);
    }

    private DeviceBuffer Norm(int rows, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer bias)
    {
        DeviceBuffer y = Rows(_normed, rows, _config.Width);
        DeviceBuffer rstd = _rstd.Slice(0, rows);
        if (_config.Family == ModelFamily.Llama)
        {
            _backend.RmsNorm(_config.Width, _config.NormEpsilon, x, gain, y, rstd);
        }
        else
        {
            _backend.LayerNorm(_config.Width, _config.NormEpsilon, x, gain, bias, y, _mean.Slice(0, rows), rstd);
        }

        return y;
    }

    /// <summary>Picks rows of a matrix: a look-up whose table is the matrix.</summary>
    private DeviceBuffer Gather(DeviceBuffer rowNumbers, DeviceBuffer from, DeviceBuffer to, int width)
    {
        _backend.EmbeddingGather(width, rowNumbers, from, to);
        return to;
    }

    private DeviceBuffer Send(ReadOnlySpan<int> values, DeviceBuffer buffer)
    {
        DeviceBuffer used = buffer.Slice(0, values.Length);
        _backend.Upload(values, used);
        return used;
    }

    private PagedAttentionShape Paged(int rows) =>
        new(rows, _config.Heads, _config.KeyValueHeads, _config.HeadSize, _cache.Table.PageSize, _cache.Table.PagesPerSequence, _cache.Format);

    private DeviceBuffer Floats(int rows, int width) => _arena.Floats((long)rows * width);

    private static DeviceBuffer Rows(DeviceBuffer buffer, int rows, int width) => buffer.Slice(0, (long)rows * width);

    private static DeviceBuffer RowsFrom(DeviceBuffer buffer, int first, int rows, int width) => buffer.Slice((long)first * width, (long)rows * width);
}
