using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Times what readers notice when a long prompt arrives while answers run: the gaps between their tokens, and how long the prompt takes.</summary>
/// <remarks>The engine's own scheduler, settings and sampling, step by step on the caller's thread. Tokens are fixed numbers that look random.</remarks>
public static class MixedBenchmark
{
    /// <summary>Tokens that a model's context must hold at least.</summary>
    public const int LeastContext = 64;

    private const int WarmupSteps = 12;

    /// <summary>Measures; the model stays the caller's.</summary>
    /// <param name="model">A model that came with a tokenizer, of a context of at least <see cref="LeastContext"/> tokens.</param>
    /// <param name="parallel">Answers that run.</param>
    /// <param name="promptTokens">Tokens of the prompt; at most the model's context less one.</param>
    /// <param name="options">The engine's settings; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public static MixedMeasurement Run(InferenceModel model, int parallel, int promptTokens, InferenceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(promptTokens, model.Config.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(model.Config.ContextLength, LeastContext, nameof(model));
        ModelText text = model.Text ?? throw new ArgumentException("The model came without a tokenizer.", nameof(model));
        options ??= new InferenceOptions();
        int slots = parallel + 1;
        var prompts = new PromptEncoder(text, model.Config.VocabularySize);
        int pages = (Math.Max(promptTokens + 1, ContextOfAnswers(model, promptTokens)) + options.PageTokens - 1) / options.PageTokens;
        using var cache = new PagedKeyValueCache(model.Backend, model.Config, new PageTable(slots, slots * pages, options.PageTokens, pages), PagedKeyValueCache.Fitting(model.Config, options.KeyValueFormat));
        int logitRows = slots + DraftPlanner.MostOfStep;
        using var forward = new ForwardPass(model, cache, options.MaxBatchRows, logitRows);
        var batch = new StepBatch(options.MaxBatchRows, logitRows, model.Config.VocabularySize);
        Scheduler scheduler = Scheduler.Create(model.Config, forward, cache, prompts, batch, prefixSecret: null, options, static _ => { });
        var random = new Random(1);
        var sampling = new SamplingOptions { Temperature = 0, LogitBias = prompts.EndIds(isChat: false).ToDictionary(id => id, _ => -100.0) };

        Feed(scheduler, Job(Math.Min(promptTokens, 64), 1), [], [], cancellationToken); // the first pays for pages and for compiling
        double alone = Feed(scheduler, Job(promptTokens, 1), [], [], cancellationToken);
        GenerationJob[] answers = [.. Enumerable.Range(0, parallel).Select(_ => Job(16, ContextOfAnswers(model, promptTokens) - 16))];
        Array.ForEach(answers, scheduler.Enqueue);
        for (int step = 0; step < WarmupSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scheduler.Step();
        }

        var gaps = new List<double>();
        double together = Feed(scheduler, Job(promptTokens, 1), answers, gaps, cancellationToken);
        scheduler.EndAll(static () => new OperationCanceledException("The measurement is over."));
        gaps.Sort();
        return new MixedMeasurement(parallel, promptTokens, gaps[gaps.Count / 2], gaps[(int)(gaps.Count * 0.95)], gaps[^1], promptTokens / together, promptTokens / alone);

        GenerationJob Job(int tokens, int most) => new(
            [.. Enumerable.Range(0, tokens).Select(_ => random.Next(model.Config.VocabularySize))], sampling, seed: 1, most, choices: 1, isChat: false, new StopMatcher([]), new DeafSink());
    }

    /// <summary>Answers may be as long as one that gets a token for every four of the prompt.</summary>
    private static int ContextOfAnswers(InferenceModel model, int promptTokens) => Math.Min(model.Config.ContextLength, 256 + (promptTokens / 4));

    /// <summary>Seconds until a prompt's first token; the gaps between tokens of <paramref name="answers"/> meanwhile.</summary>
    private static double Feed(Scheduler scheduler, GenerationJob prompt, GenerationJob[] answers, List<double> gaps, CancellationToken cancellationToken)
    {
        int[] tokens = [.. answers.Select(answer => answer.CompletionTokens)];
        var last = new long[answers.Length];
        long begun = Stopwatch.GetTimestamp();
        Array.Fill(last, begun);
        scheduler.Enqueue(prompt);
        while (prompt.CompletionTokens == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scheduler.Step();
            long now = Stopwatch.GetTimestamp();
            for (int i = 0; i < answers.Length; i++)
            {
                if (answers[i].CompletionTokens > tokens[i])
                {
                    gaps.Add(Stopwatch.GetElapsedTime(last[i], now).TotalSeconds);
                    (tokens[i], last[i]) = (answers[i].CompletionTokens, now);
                }
            }
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private sealed class DeafSink : IGenerationSink
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

        public void Completed(TokenUsage usage)
        {
        }

        public void Failed(Exception reason)
        {
            // Cancelled at the end, or by the caller, who is told by the token.
        }
    }
}
