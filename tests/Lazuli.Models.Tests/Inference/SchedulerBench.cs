using System.Text;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>A scheduler without a thread: the test takes each step itself.</summary>
internal sealed class SchedulerBench : IDisposable
{
    private readonly InferenceModel _model;
    private readonly PagedKeyValueCache _cache;
    private readonly ForwardPass _forward;
    private readonly PromptEncoder _prompts = new(ModelText.Of(PlainBytes.WithChat, [], beginId: null), modelVocabularySize: 261);

    public SchedulerBench(TinyModel tiny, int slots = 4, int? pages = null, int pageSize = 16, int maxRows = 64, int prefillLimit = 64, int threads = 1, bool reusePrefixes = false, Func<ComputeParty, double>? weightOf = null, bool speculate = false)
        : this(tiny.Load(threads), tiny.Config, slots, pages, pageSize, maxRows, prefillLimit, reusePrefixes, weightOf, speculate)
    {
    }

    public SchedulerBench(InferenceModel model, ModelConfig config, int slots = 4, int? pages = null, int pageSize = 16, int maxRows = 64, int prefillLimit = 64, bool reusePrefixes = false, Func<ComputeParty, double>? weightOf = null, bool speculate = false, KeyValueFormat keyValues = KeyValueFormat.F32)
    {
        _model = model;
        int pagesPerSequence = config.ContextLength / pageSize;
        _cache = new PagedKeyValueCache(_model.Backend, config, new PageTable(slots, pages ?? (pagesPerSequence * slots), pageSize, pagesPerSequence), keyValues);
        int logitRows = slots + DraftPlanner.MostOfStep;
        _forward = new ForwardPass(_model, _cache, maxRows, logitRows);
        var options = new InferenceOptions { PrefillTokensPerStep = prefillLimit, StepTarget = Timeout.InfiniteTimeSpan, Meter = Meter, WeightOf = weightOf, Speculate = speculate };
        Scheduler = Scheduler.Create(config, _forward, _cache, _prompts, new StepBatch(maxRows, logitRows, config.VocabularySize), reusePrefixes ? [1, 2, 3] : null, options, Ended.Add, alwaysDraft: true);
    }

    public Scheduler Scheduler { get; }

    public PromptEncoder Prompts => _prompts;

    public RecordingMeter Meter { get; } = new();

    public List<EngineJob> Ended { get; } = [];

    public EngineStatistics Statistics => Scheduler.Statistics;

    public GenerationJob Job(string prompt, IGenerationSink sink, int maxNewTokens = 10, int choices = 1, SamplingOptions? sampling = null, long seed = 1, ComputeParty? party = null, int priority = 0, int? topLogProbabilities = null, VocabularyGrammar? grammar = null, params string[] stops) => new(
        _prompts.Encode(new GenerationPrompt.Text(prompt)), sampling ?? new SamplingOptions { Temperature = 0 }, seed, maxNewTokens, choices, isChat: false, new StopMatcher([.. stops.Select(Encoding.UTF8.GetBytes)]), sink, party, topLogProbabilities, grammar, priority);

    public void StepUntilIdle()
    {
        while (Scheduler.Step())
        {
        }
    }

    public void Dispose()
    {
        _forward.Dispose();
        _cache.Dispose();
        _model.Dispose();
    }
}

/// <summary>Sums up what a scheduler tells of each party.</summary>
internal sealed class RecordingMeter : IEngineMeter
{
    public Dictionary<string, EngineWork> Sums { get; } = [];

    public void Record(in EngineWork work)
    {
        string key = work.Party?.Key ?? "";
        EngineWork sum = Sums.GetValueOrDefault(key);
        Sums[key] = new EngineWork(
            work.Party, sum.Requests + work.Requests, sum.PromptTokens + work.PromptTokens, sum.GeneratedTokens + work.GeneratedTokens, sum.Flop + work.Flop, sum.Seconds + work.Seconds);
    }
}

/// <summary>Keeps all that a job says.</summary>
internal sealed class RecordingSink : IGenerationSink
{
    private readonly SortedDictionary<int, StringBuilder> _texts = [];

    public Dictionary<int, FinishReason> Reasons { get; } = [];

    public TokenUsage? Usage { get; private set; }

    public Exception? Failure { get; private set; }

    public string[] Texts => [.. _texts.Values.Select(text => text.ToString())];

    public void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest)
    {
    }

    public void Text(int choice, ReadOnlySpan<char> text)
    {
        if (!_texts.TryGetValue(choice, out StringBuilder? builder))
        {
            _texts[choice] = builder = new StringBuilder();
        }

        builder.Append(text);
    }

    public void ChoiceFinished(int choice, FinishReason reason) => Reasons.Add(choice, reason);

    public void Completed(TokenUsage usage) => Usage = usage;

    public void Failed(Exception reason) => Failure = reason;
}

/// <summary>Takes everything and keeps nothing, so that a test sees what the scheduler itself allocates.</summary>
internal sealed class SilentSink : IGenerationSink
{
    public int Characters { get; private set; }

    public void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest)
    {
    }

    public void Text(int choice, ReadOnlySpan<char> text) => Characters += text.Length;

    public void ChoiceFinished(int choice, FinishReason reason)
    {
    }

    public void Completed(TokenUsage usage)
    {
    }

    public void Failed(Exception reason) => throw new InvalidOperationException("The job failed.", reason);
}

/// <summary>Tells when a job is over.</summary>
internal sealed class EndSink(Action completed) : IGenerationSink
{
    public void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest)
    {
    }

    public void Text(int choice, ReadOnlySpan<char> text)
    {
    }

    public void ChoiceFinished(int choice, FinishReason reason)
    {
    }

    public void Completed(TokenUsage usage) => completed();

    public void Failed(Exception reason) => throw new InvalidOperationException("The job failed.", reason);
}
