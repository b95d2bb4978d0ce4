namespace Lazuli.Inference;

/// <summary>A choice of a job that holds a slot: where it stands in its prompt and its answer.</summary>
internal sealed class ActiveSequence(GenerationJob job, int choice, int slot, int cachedTokens)
{
    public GenerationJob Job { get; } = job;

    public int Choice { get; } = choice;

    /// <summary>Row of the page table.</summary>
    public int Slot { get; } = slot;

    /// <summary>Tokens whose keys and values are in the cache; also the position of the next token to be fed.</summary>
    public int Position { get; set; } = cachedTokens;

    /// <summary>Tokens of the prompt that are still to be fed; 0 when it decodes.</summary>
    public int PromptLeft => Math.Max(0, Job.Prompt.Length - Position);

    /// <summary>Rows of the prompt that this step feeds.</summary>
    public int PromptRows { get; set; }

    /// <summary>Rows of this step, of prompt or answer.</summary>
    public int StepRows { get; set; }

    /// <summary>The token generated last, to be fed next.</summary>
    public int LastToken { get; set; }

    /// <summary>Tokens generated.</summary>
    public int Generated { get; set; }

    /// <summary>Tokens fed so far or about to be: prompt, then answer. Only where prefixes are kept.</summary>
    public int[]? Fed { get; init; }

    /// <summary>Row of this step's logits that chooses the next token; −1 when the prompt goes on.</summary>
    public int LogitRow { get; set; } = -1;

    /// <summary>What penalties look at; null where there are none.</summary>
    public TokenCounts? Counts { get; } = LogitAdjustment.NeedsCounts(job.Sampling) ? new TokenCounts(job.Prompt, job.MaxNewTokens) : null;

    /// <summary>Where the answer stands in its grammar; null where any text will do.</summary>
    public GrammarMatcher? Matcher { get; } = job.Grammar?.NewMatcher();

    public TextAssembler Text { get; } = new(job.Stops);
}
