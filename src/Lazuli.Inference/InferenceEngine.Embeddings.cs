using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>Vectors of texts.</summary>
public sealed partial class InferenceEngine
{
    // One request with many inputs may not fill the engine's queue alone; so many short ones fill a step.
    private const int MaxInputsAtOnce = 16;

    /// <inheritdoc/>
    public int EmbeddingWidth => _model.Config.Width;

    /// <inheritdoc/>
    public bool CanShortenEmbeddings => _text.CanShortenEmbeddings;

    /// <summary>How texts become vectors where a request does not say.</summary>
    /// <remarks>A model whose files say nothing was not trained to put a text's meaning into its last token, so the mean serves better.</remarks>
    public EmbeddingPooling DefaultPooling => _text.Pooling switch
    {
        PoolingKind.First => EmbeddingPooling.First,
        PoolingKind.Last => EmbeddingPooling.Last,
        _ => EmbeddingPooling.Mean,
    };

    /// <inheritdoc/>
    public int CountInputTokens(GenerationPrompt input) => _prompts.EncodeInput(input).Length;

    /// <inheritdoc/>
    public async Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        int dimensions = CheckDimensions(request.Dimensions);
        EmbeddingPooling pooling = request.Pooling ?? DefaultPooling;
        if (!Enum.IsDefined(pooling))
        {
            throw new ArgumentException($"Pooling is {pooling}; it must be mean, first or last.", nameof(request));
        }

        int[][] inputs = [.. request.Inputs.Select((input, i) => EncodeInput(input, i))];
        var vectors = new ReadOnlyMemory<float>[inputs.Length];
        int cached = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxInputsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, inputs.Length, parallel, async (i, cancel) =>
        {
            var job = new EmbeddingJob(inputs[i], pooling, EmbeddingWidth, dimensions, request.Party, request.Priority) { Meter = request.Meter };
            vectors[i] = await RunAsync(job, job.Vector, cancel).ConfigureAwait(false);
            Interlocked.Add(ref cached, job.ReusedTokens);
        }).ConfigureAwait(false);
        return new EmbeddingResult(vectors, new TokenUsage(inputs.Sum(i => i.Length), 0, cached));
    }

    /// <summary>Submits a job and waits for what it gives; cancelling frees its slot within a step.</summary>
    private async Task<T> RunAsync<T>(EngineJob job, Task<T> result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Submit(job);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(job), state: null);
        try
        {
            return await result.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private int[] EncodeInput(GenerationPrompt input, int number)
    {
        int[] ids = _prompts.EncodeInput(input);
        return ids.Length <= ContextLength
            ? ids
            : throw new EngineRefusedException(EngineRefusal.ContextLengthExceeded, string.Create(
                CultureInfo.InvariantCulture, $"This model's context holds {ContextLength} tokens, but input {number} has {ids.Length}. Shorten it, or cut it into several."));
    }

    private int CheckDimensions(int? wanted)
    {
        if (wanted is not int dimensions)
        {
            return EmbeddingWidth;
        }

        if (dimensions < 1 || dimensions > EmbeddingWidth)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Dimensions is {dimensions}; it must be from 1 to {EmbeddingWidth}."), nameof(wanted));
        }

        return dimensions == EmbeddingWidth || CanShortenEmbeddings
            ? dimensions
            : throw new EngineRefusedException(EngineRefusal.DimensionsNotSupported, string.Create(
                CultureInfo.InvariantCulture, $"This model's vectors have {EmbeddingWidth} numbers, and its files do not say that fewer of them mean anything (is_matryoshka). Leave the number of dimensions out."));
    }
}
