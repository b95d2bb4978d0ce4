namespace Lazuli.Inference;

/// <summary>A choice that generates text: where it stands in stops, penalties and grammar. Losing its pages changes none of that.</summary>
internal sealed class AnswerSequence(GenerationJob job, int choice) : ActiveSequence(job, choice, job.Prompt.Length + job.MaxNewTokens)
{
    public new GenerationJob Job { get; } = job;

    /// <summary>Tokens generated.</summary>
    public int Generated => Known - Job.Prompt.Length;

    /// <summary>Why it is over; null while it goes on.</summary>
    public Contracts.FinishReason? Ending { get; set; }

    /// <summary>How often a guessed token was the one chosen: a running average that starts between never and always.</summary>
    public double GuessesTrue { get; set; } = 0.5;

    /// <summary>What penalties look at; null where there are none.</summary>
    public TokenCounts? Counts { get; } = LogitAdjustment.NeedsCounts(job.Sampling) ? new TokenCounts(job.Prompt, job.MaxNewTokens) : null;

    /// <summary>Where the answer stands in its grammar; null where any text will do.</summary>
    public GrammarMatcher? Matcher { get; } = job.Grammar?.NewMatcher();

    public TextAssembler Text { get; } = new(job.Stops);

    /// <summary>Notes whether a guess was the token chosen.</summary>
    public void NoteGuess(bool cameTrue) => GuessesTrue += 0.125 * ((cameTrue ? 1 : 0) - GuessesTrue);
}
