using System.Globalization;
using System.Runtime.CompilerServices;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>How likely given texts are.</summary>
public sealed partial class InferenceEngine
{
    private const int MaxContinuations = 1024;

    /// <inheritdoc/>
    public async Task<ScoreResult> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Continuations.Count is < 1 or > MaxContinuations)
        {
            throw new ArgumentException($"{request.Continuations.Count} continuations came; 1 to {MaxContinuations} are taken.", nameof(request));
        }

        if (request.TopLogProbabilities is < 0 or > 20)
        {
            throw new ArgumentException($"TopLogProbabilities is {request.TopLogProbabilities}; it must be from 0 to 20.", nameof(request));
        }

        if (request.Prompt is { } prompt)
        {
            ScoredTexts texts = ScoredTexts.Of(_prompts, prompt, request.Continuations);
            (IReadOnlyList<ContinuationScore> scores, int cached) = await ScoreAsync(texts, request, cancellationToken).ConfigureAwait(false);
            return new ScoreResult(scores, new TokenUsage(texts.Shared.Length + texts.Rests.Sum(r => r.Length), 0, cached));
        }

        int[][] wholes = [.. request.Continuations.Select(_prompts.Encode)];
        var results = new ContinuationScore[wholes.Length];
        int reused = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxInputsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, wholes.Length, parallel, async (i, cancel) =>
        {
            (results[i], int cached) = await ScoreWholeAsync(wholes[i], request, cancel).ConfigureAwait(false);
            Interlocked.Add(ref reused, cached);
        }).ConfigureAwait(false);
        return new ScoreResult(results, new TokenUsage(wholes.Sum(w => w.Length), 0, reused));
    }

    /// <summary>A text from its second token on; the first is told without a probability.</summary>
    private async Task<(ContinuationScore Score, int Cached)> ScoreWholeAsync(int[] ids, ScoreRequest request, CancellationToken cancellationToken)
    {
        var first = new ScoredToken(_prompts.Describe(ids[0], double.NaN), IsGreedy: true, []);
        if (ids.Length == 1)
        {
            return (new ContinuationScore(0, [first]), 0);
        }

        (IReadOnlyList<ContinuationScore> scores, int cached) = await ScoreAsync(ScoredTexts.OfWhole(ids), request, cancellationToken).ConfigureAwait(false);
        return (scores[0] with { Tokens = [first, .. scores[0].Tokens] }, cached);
    }

    private async Task<(IReadOnlyList<ContinuationScore> Scores, int Cached)> ScoreAsync(ScoredTexts texts, ScoreRequest request, CancellationToken cancellationToken)
    {
        for (int i = 0; i < texts.Rests.Count; i++)
        {
            CheckScorable(texts, i);
        }

        var job = new ScoringJob(texts.Shared, texts.Rests, texts.FirstScored, request.TopLogProbabilities, _scoreReader, request.Party, request.Priority) { Meter = request.Meter };
        IReadOnlyList<TokenScore[]> scores = await RunAsync(job, job.Scores, cancellationToken).ConfigureAwait(false);
        return ([.. scores.Select((s, i) => Describe(texts.ScoredOf(i), s))], job.ReusedTokens);
    }

    private void CheckScorable(ScoredTexts texts, int text)
    {
        if (texts.LengthOf(text) > ContextLength)
        {
            throw new EngineRefusedException(EngineRefusal.ContextLengthExceeded, string.Create(
                CultureInfo.InvariantCulture, $"This model's context holds {ContextLength} tokens, but the text to score has {texts.LengthOf(text)}. Shorten it."));
        }

        foreach (int id in texts.ScoredOf(text))
        {
            if (id >= _prompts.VocabularySize)
            {
                throw new EngineRefusedException(EngineRefusal.TokenNotScorable, string.Create(
                    CultureInfo.InvariantCulture, $"Token {id} has no probability: this model's tokens are 0 to {_prompts.VocabularySize - 1}."));
            }
        }
    }

    private ContinuationScore Describe(ReadOnlySpan<int> ids, TokenScore[] scores)
    {
        var tokens = new ScoredToken[scores.Length];
        double sum = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            sum += scores[i].LogProbability;
            tokens[i] = new ScoredToken(_prompts.Describe(ids[i], scores[i].LogProbability), scores[i].IsGreedy, [.. scores[i].Likeliest.Select(t => _prompts.Describe(t.Id, t.LogProbability))]);
        }

        return new ContinuationScore(sum, tokens);
    }

    /// <summary>A generation whose choices begin with the prompt: the prompt is scored, where that is wanted, then told, then gone on from.</summary>
    private async IAsyncEnumerable<GenerationEvent> EchoAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckSettings(request);
        int[] ids = _prompts.Encode(request.Prompt);
        if ((long)ids.Length + (request.MaxTokens ?? 1) > ContextLength)
        {
            throw TooLong(ids.Length, request.MaxTokens);
        }

        IReadOnlyList<ScoredToken> tokens = [];
        int cached = 0;
        if (request.TopLogProbabilities is int top)
        {
            var scored = new ScoreRequest { Continuations = [], TopLogProbabilities = top, Party = request.Party, Priority = request.Priority, Meter = request.Meter };
            (ContinuationScore score, cached) = await ScoreWholeAsync(ids, scored, cancellationToken).ConfigureAwait(false);
            tokens = score.Tokens;
        }

        string text = request.Prompt is GenerationPrompt.Text plain ? plain.Content : _prompts.Decode(ids);
        for (int choice = 0; choice < request.Choices; choice++)
        {
            foreach (ScoredToken token in tokens)
            {
                yield return new GenerationEvent.TokenChosen(choice, token.Token, token.Likeliest);
            }

            yield return new GenerationEvent.TextDelta(choice, text);
        }

        if (request.MaxTokens != 0)
        {
            await foreach (GenerationEvent next in AnswerAsync(request, cancellationToken).ConfigureAwait(false))
            {
                // What the scoring has just put into the cache was not there when the request came.
                yield return next is GenerationEvent.Completed { Usage: var usage } && tokens.Count > 0 ? new GenerationEvent.Completed(usage with { CachedTokens = cached }) : next;
            }

            yield break;
        }

        for (int choice = 0; choice < request.Choices; choice++)
        {
            yield return new GenerationEvent.ChoiceFinished(choice, FinishReason.Length);
        }

        yield return new GenerationEvent.Completed(new TokenUsage(ids.Length, 0, cached));
    }
}
