using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Runs one model for many callers at once, on a thread of its own.</summary>
/// <remarks>
/// A request's text depends on its prompt, settings and seed only, to the bit: not on what runs beside it, how its prompt is cut into steps, or the number of threads.
/// Callers prepare prompts on their own threads; the engine's thread alone touches the backend and never waits for a reader.
/// </remarks>
public sealed partial class InferenceEngine : IChatEngine, IEmbeddingEngine, IScoringEngine
{
    private readonly InferenceModel _model;
    private readonly InferenceOptions _options;
    private readonly ModelText _text;
    private readonly PromptEncoder _prompts;
    private readonly LogProbabilityReader _scoreReader; // the engine's thread alone reads with it
    private readonly GrammarLibrary _grammars;
    private readonly PagedKeyValueCache _cache;
    private readonly ForwardPass _forward;
    private readonly Scheduler _scheduler;
    private readonly ConcurrentQueue<EngineJob> _inbox = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private State _state; // guarded by _gate, as are the next three
    private readonly Dictionary<ComputeParty, int> _unfinishedOfParty = [];
    private int _unfinished;
    private Exception? _failure;

    private InferenceEngine(InferenceModel model, ModelText text, InferenceOptions options)
    {
        _model = model;
        _options = options;
        ContextLength = options.ContextLength ?? model.Config.ContextLength;
        _text = text;
        _prompts = new PromptEncoder(text, model.Config.VocabularySize);
        _scoreReader = new LogProbabilityReader(Math.Min(_prompts.VocabularySize, model.Config.VocabularySize));
        _grammars = new GrammarLibrary(_prompts.Vocabulary);
        _cache = new PagedKeyValueCache(model.Backend, model.Config, SizeTable(model.Config, ContextLength, options), PagedKeyValueCache.Fitting(model.Config, options.KeyValueFormat));
        _forward = new ForwardPass(model, _cache, options.MaxBatchRows, options.MaxLogitRows);
        var batch = new StepBatch(options.MaxBatchRows, options.MaxLogitRows, model.Config.VocabularySize);
        _scheduler = Scheduler.Create(model.Config, _forward, _cache, _prompts, batch, options.ReusePrefixes ? RandomNumberGenerator.GetBytes(32) : null, options, OnJobEnded);
    }

    private enum State
    {
        Running,
        Draining,
        Stopping,
        Stopped,
    }

    /// <inheritdoc/>
    public int ContextLength { get; }

    /// <inheritdoc/>
    public bool SupportsChat => _prompts.SupportsChat;

    /// <inheritdoc/>
    public int QueuedRequests => _inbox.Count + Statistics.WaitingRequests;

    /// <inheritdoc/>
    public bool HasRoom(ComputeParty? party)
    {
        lock (_gate)
        {
            return _unfinished < _options.MaxSequences + _options.MaxQueuedRequests &&
                (party is null || _unfinishedOfParty.GetValueOrDefault(party) < _options.MaxSequences + QueueOfParty);
        }
    }

    /// <summary>What the engine has done and holds now.</summary>
    public EngineStatistics Statistics => _scheduler.Statistics;

    /// <summary>Starts an engine with the text of the model's own files; it owns <paramref name="model"/> and disposes it.</summary>
    /// <exception cref="ArgumentException">Settings are out of range, the tokenizer has ids that the model lacks, or the model came without a tokenizer.</exception>
    public static InferenceEngine Create(InferenceModel model, InferenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Create(model, model.Text ?? throw new ArgumentException("The model came without files, so without a tokenizer; give one.", nameof(model)), options);
    }

    /// <summary>Starts an engine with another tokenizer; it owns <paramref name="model"/> and disposes it.</summary>
    /// <exception cref="ArgumentException">As for the other overload.</exception>
    public static InferenceEngine Create(InferenceModel model, ITokenizer tokenizer, InferenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Create(model, ModelText.Of(tokenizer, model.Text?.StopIds ?? [], model.Text?.BeginId), options);
    }

    private static InferenceEngine Create(InferenceModel model, ModelText text, InferenceOptions? options)
    {
        options ??= new InferenceOptions();
        InferenceOptions.Check(options, model.Config.ContextLength);
        if (text.Tokenizer.VocabularySize > model.Config.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {text.Tokenizer.VocabularySize} ids and the model's embedding {model.Config.VocabularySize} rows; they do not belong together.", nameof(model));
        }

        var engine = new InferenceEngine(model, text, options);
        var thread = new Thread(engine.Run) { Name = "lazuli-engine", IsBackground = true };
        thread.Start();
        return engine;
    }

    /// <inheritdoc/>
    public int CountPromptTokens(GenerationPrompt prompt) => _prompts.Encode(prompt).Length;

    /// <inheritdoc/>
    /// <remarks>Refusals come from the first <c>MoveNextAsync</c>. Streams that run when the engine is disposed end with <see cref="EngineRefusedException"/> (<see cref="EngineRefusal.ShuttingDown"/>).</remarks>
    /// <exception cref="ArgumentException">The prompt cannot be rendered or is empty, or a setting is out of range.</exception>
    public IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Echo ? EchoAsync(request, cancellationToken) : AnswerAsync(request, cancellationToken);
    }

    private async IAsyncEnumerable<GenerationEvent> AnswerAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sink = new ChannelSink();
        GenerationJob job = Prepare(request, sink);
        Submit(job);
        bool isComplete = false;
        try
        {
            // The registration frees the slot even while the caller is busy with an event and does not ask for the next.
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(job), state: null);
            await foreach (GenerationEvent generated in sink.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                isComplete = generated is GenerationEvent.Completed;
                yield return generated;
            }
        }
        finally
        {
            Cancel(job);
        }

        if (!isComplete)
        {
            cancellationToken.ThrowIfCancellationRequested(); // the scheduler was told before the reader was
        }
    }

    /// <summary>Generates a whole answer.</summary>
    /// <exception cref="EngineRefusedException">As for <see cref="GenerateAsync"/>.</exception>
    public async Task<GenerationResult> GenerateWholeAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        CheckSettings(request);
        var texts = new StringBuilder[request.Choices];
        var reasons = new FinishReason[request.Choices];
        TokenUsage usage = default;
        await foreach (GenerationEvent generated in GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            switch (generated)
            {
                case GenerationEvent.TextDelta delta:
                    (texts[delta.Choice] ??= new StringBuilder()).Append(delta.Text);
                    break;
                case GenerationEvent.ChoiceFinished finished:
                    reasons[finished.Choice] = finished.Reason;
                    break;
                case GenerationEvent.Completed completed:
                    usage = completed.Usage;
                    break;
            }
        }

        return new GenerationResult([.. texts.Select((text, i) => new GeneratedChoice(text?.ToString() ?? "", reasons[i]))], usage);
    }

    /// <summary>Generates whole answers for many requests, as many at once as the batch holds; answers come in the order of the requests.</summary>
    /// <param name="requests">What to answer.</param>
    /// <param name="progress">Told the number of answers done; may be called from several threads.</param>
    /// <param name="cancellationToken">Ends all of them.</param>
    /// <exception cref="EngineRefusedException">A request cannot be run. The others are ended.</exception>
    public async Task<IReadOnlyList<GenerationResult>> GenerateAllAsync(IReadOnlyList<GenerationRequest> requests, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var results = new GenerationResult[requests.Count];
        int done = 0;

        // A few wait beyond those that run, so that a slot is filled the moment it comes free.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxSequences + Math.Min(QueueOfParty, _options.MaxSequences), CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, requests.Count, parallel, async (i, cancel) =>
        {
            results[i] = await GenerateWholeAsync(requests[i], cancel).ConfigureAwait(false);
            progress?.Report(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);
        return results;
    }

    /// <summary>Takes nothing new and waits until what runs and waits is done.</summary>
    public Task DrainAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_state == State.Running)
            {
                _state = State.Draining;
            }

            if (_unfinished == 0)
            {
                _idle.TrySetResult();
            }
        }

        return _idle.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends running streams, then gives back the model's memory. To let them end by themselves, call <see cref="DrainAsync"/> first.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_state is State.Running or State.Draining)
            {
                _state = State.Stopping;
                _wake.Set();
            }
        }

        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Requests of one party that may wait; by default one party cannot fill the queue alone.</summary>
    private int QueueOfParty => Math.Min(_options.MaxQueuedRequests, _options.MaxQueuedRequestsOfParty ?? (int)((3L * _options.MaxQueuedRequests + 3) / 4));

    private static PageTable SizeTable(ModelConfig config, int contextLength, InferenceOptions options)
    {
        int pagesPerSequence = (contextLength + options.PageTokens - 1) / options.PageTokens;
        long affordable = options.KeyValueBytes / (PagedKeyValueCache.BytesPerToken(config, PagedKeyValueCache.Fitting(config, options.KeyValueFormat)) * options.PageTokens);
        long pages = Math.Clamp(affordable, pagesPerSequence, (long)pagesPerSequence * options.MaxSequences);
        return new PageTable(options.MaxSequences, checked((int)pages), options.PageTokens, pagesPerSequence);
    }

    private GenerationJob Prepare(GenerationRequest request, IGenerationSink sink)
    {
        CheckSettings(request);
        foreach (int id in request.Sampling.LogitBias.Keys)
        {
            if ((uint)id >= (uint)_prompts.VocabularySize)
            {
                throw new EngineRefusedException(EngineRefusal.TokenOutOfVocabulary, string.Create(CultureInfo.InvariantCulture, $"There is no token {id} to bias; this model's tokens are 0 to {_prompts.VocabularySize - 1}."));
            }
        }

        int[] prompt = _prompts.Encode(request.Prompt);
        int room = ContextLength - prompt.Length;
        if (room < (request.MaxTokens ?? 1))
        {
            throw TooLong(prompt.Length, request.MaxTokens);
        }

        byte[][] stops = [.. request.Stop.Select(Encoding.UTF8.GetBytes)];
        long seed = request.Sampling.Seed ?? Random.Shared.NextInt64();
        return new GenerationJob(prompt, request.Sampling, seed, request.MaxTokens ?? room, request.Choices, request.Prompt is GenerationPrompt.Chat, new StopMatcher(stops), sink, request.Party, request.TopLogProbabilities,
            request.Constraint is { } constraint ? _grammars.Find(constraint) : null, request.Priority)
        {
            Meter = request.Meter,
            TellsEnd = request.Echo, // whoever counts tokens from the text's end has them all
        };
    }

    private EngineRefusedException TooLong(int promptTokens, int? maxTokens) => new(EngineRefusal.ContextLengthExceeded, string.Create(
        CultureInfo.InvariantCulture,
        $"This model's context holds {ContextLength} tokens, but {(long)promptTokens + (maxTokens ?? 1)} were asked for: {promptTokens} of the prompt and {(maxTokens is int asked ? $"{asked} of the answer" : "at least 1 of the answer")}. Shorten the prompt or the answer."));

    private static void CheckSettings(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        SamplingOptions sampling = request.Sampling;
        string? error =
            !(sampling.Temperature is >= 0 and <= 2) ? $"Temperature is {sampling.Temperature}; it must be from 0 to 2."
            : !(sampling.TopP is > 0 and <= 1) ? $"TopP is {sampling.TopP}; it must be above 0 and at most 1."
            : sampling.TopK < 0 ? $"TopK is {sampling.TopK}; it must be 0 (all) or more."
            : !(sampling.MinP is >= 0 and <= 1) ? $"MinP is {sampling.MinP}; it must be from 0 to 1."
            : !(sampling.PresencePenalty is >= -2 and <= 2) ? $"PresencePenalty is {sampling.PresencePenalty}; it must be from -2 to 2."
            : !(sampling.FrequencyPenalty is >= -2 and <= 2) ? $"FrequencyPenalty is {sampling.FrequencyPenalty}; it must be from -2 to 2."
            : !(sampling.RepetitionPenalty is > 0 and <= 10) ? $"RepetitionPenalty is {sampling.RepetitionPenalty}; it must be above 0 and at most 10."
            : sampling.LogitBias.Values.Any(bias => !(bias is >= -100 and <= 100)) ? "LogitBias has a value outside -100 to 100."
            : request.TopLogProbabilities is < 0 or > 20 ? $"TopLogProbabilities is {request.TopLogProbabilities}; it must be from 0 to 20."
            : request.MaxTokens < (request.Echo ? 0 : 1) ? $"MaxTokens is {request.MaxTokens}; it must be at least 1, or 0 where the prompt is echoed."
            : request.Choices is < 1 or > 128 ? $"Choices is {request.Choices}; it must be from 1 to 128."
            : request.Stop.Count > 4 ? $"{request.Stop.Count} stop strings were given; at most 4 are taken."
            : request.Stop.Any(string.IsNullOrEmpty) ? "A stop string is empty; it would end every text at its start."
            : null;
        if (error is not null)
        {
            throw new ArgumentException(error, nameof(request));
        }
    }

    private void Submit(EngineJob job)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw new InvalidOperationException("The engine has failed and must be started again: " + _failure.Message, _failure);
            }

            if (_state != State.Running)
            {
                throw ShutDown();
            }

            int most = _options.MaxSequences + _options.MaxQueuedRequests;
            if (_unfinished >= most)
            {
                throw new EngineRefusedException(EngineRefusal.QueueFull, string.Create(CultureInfo.InvariantCulture, $"{_unfinished} requests run or wait, and this engine takes {most}. Try again later."));
            }

            if (job.Party is { } party)
            {
                int ofParty = _unfinishedOfParty.GetValueOrDefault(party);
                int mostOfParty = _options.MaxSequences + QueueOfParty;
                if (ofParty >= mostOfParty)
                {
                    throw new EngineRefusedException(EngineRefusal.QueueFull, string.Create(CultureInfo.InvariantCulture, $"{ofParty} requests of this key run or wait, and this engine takes {mostOfParty} of one key. Try again later."));
                }

                _unfinishedOfParty[party] = ofParty + 1;
            }

            _unfinished++;
            job.Meter?.Begin();
            _inbox.Enqueue(job);
        }

        _wake.Set();
    }

    private void Cancel(EngineJob job)
    {
        if (!job.IsCancelled)
        {
            job.Cancel();
            _wake.Set();
        }
    }

    private void OnJobEnded(EngineJob job)
    {
        lock (_gate)
        {
            if (job.Party is { } party && --CollectionsMarshal.GetValueRefOrNullRef(_unfinishedOfParty, party) == 0)
            {
                _unfinishedOfParty.Remove(party);
            }

            _unfinished--;
            if (_unfinished == 0 && _state != State.Running)
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>The engine's thread: takes requests, steps while there is work, sleeps while there is none.</summary>
    private void Run()
    {
        Func<Exception> reason = ShutDown;
        try
        {
            while (!IsStopping())
            {
                TakeInbox();
                if (!_scheduler.Step() && _inbox.IsEmpty)
                {
                    _wake.WaitOne();
                }
            }
        }
        catch (Exception failure)
        {
            // Whatever a step throws (a device that failed, a bug) ends this engine, not the process: callers are told, others go on.
            reason = () => new InvalidOperationException("The engine failed: " + failure.Message, failure);
            lock (_gate)
            {
                _failure = failure;
            }
        }

        End(reason);
    }

    private void End(Func<Exception> reason)
    {
        lock (_gate)
        {
            _state = State.Stopped; // from here on nothing enters the inbox
        }

        TakeInbox();
        _scheduler.EndAll(reason);
        _forward.Dispose();
        _cache.Dispose();
        _model.Dispose();
        _idle.TrySetResult();
        _ended.TrySetResult();
    }

    private bool IsStopping()
    {
        lock (_gate)
        {
            return _state == State.Stopping;
        }
    }

    private void TakeInbox()
    {
        while (_inbox.TryDequeue(out EngineJob? job))
        {
            _scheduler.Enqueue(job);
        }
    }

    private static EngineRefusedException ShutDown() => new(EngineRefusal.ShuttingDown, "The engine shuts down and takes no requests; running ones are ended.");
}
