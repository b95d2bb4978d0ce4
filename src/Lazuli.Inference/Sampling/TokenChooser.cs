using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>From a row of logits to the next token of a sequence: bias and penalties, then its grammar, then sampling; and what the model held likely before all that.</summary>
/// <remarks>Scratch is made once; choosing allocates nothing where no log-probabilities are asked for and masks are warm. Not thread-safe: the scheduler owns it.</remarks>
internal sealed class TokenChooser(PromptEncoder tokens, int vocabularySize)
{
    private readonly TokenSampler _sampler = new(vocabularySize);
    private readonly LogProbabilityReader _probabilities = new(vocabularySize);
    private readonly ulong[] _allowed = new ulong[(vocabularySize + 63) / 64];

    /// <summary>Chooses; changes <paramref name="logits"/> on the way. False where nothing can be chosen: <paramref name="failure"/> ends the job.</summary>
    public bool TryChoose(AnswerSequence sequence, Span<float> logits, out int token, [NotNullWhen(false)] out Exception? failure)
    {
        GenerationJob job = sequence.Job;
        if (job.TopLogProbabilities is not null)
        {
            _probabilities.Take(logits);
        }

        if (LogitAdjustment.IsNeeded(job.Sampling))
        {
            LogitAdjustment.Apply(job.Sampling, sequence.Counts, logits);
        }

        try
        {
            Constrain(sequence.Matcher, logits);
            token = _sampler.Choose(logits, job.Sampling, KeyedRandom.Uniform(job.Seed, sequence.Choice, sequence.Known));
            if (token >= 0 && sequence.Matcher?.Accept(token) == false)
            {
                throw new UnreachableException($"Token {token} was chosen though the grammar does not allow it.");
            }
        }
        catch (GrammarException e)
        {
            token = -1;
            failure = new EngineRefusedException(EngineRefusal.ConstraintNotSupported, e.Message);
            return false;
        }

        failure = token >= 0 ? null : new InvalidOperationException(sequence.Matcher is null
            ? "The model's logits are not finite numbers; its weights are damaged or do not fit its config."
            : "No token of the model can continue the answer as its constraint wants, or its logits are not finite numbers.");
        return token >= 0;
    }

    /// <summary>Tells the job of the token that the logits of the last <see cref="TryChoose"/> gave.</summary>
    public void Tell(AnswerSequence sequence, int token)
    {
        int[] likeliest = _probabilities.Likeliest(sequence.Job.TopLogProbabilities!.Value);
        sequence.Job.Sink.Token(sequence.Choice, Describe(token), [.. likeliest.Select(Describe)]);

        TokenLogProbability Describe(int id) => new(id, tokens.SpellingOf(id), tokens.TextOf(id).ToArray(), _probabilities.Of(id));
    }

    /// <summary>Forbids what the answer's grammar does not allow next.</summary>
    private void Constrain(GrammarMatcher? matcher, Span<float> logits)
    {
        if (matcher is null)
        {
            return;
        }

        matcher.FillMask(_allowed);
        for (int word = 0; word < _allowed.Length; word++)
        {
            ulong allowed = _allowed[word];
            int first = word * 64;
            Span<float> group = logits.Slice(first, Math.Min(64, logits.Length - first));
            if (allowed == 0)
            {
                group.Fill(float.NegativeInfinity);
                continue;
            }

            for (int i = 0; i < group.Length && allowed != ulong.MaxValue; i++)
            {
                if ((allowed >> i & 1) == 0)
                {
                    group[i] = float.NegativeInfinity;
                }
            }
        }
    }
}
