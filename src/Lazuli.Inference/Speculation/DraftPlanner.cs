namespace Lazuli.Inference;

/// <summary>Decides how many guessed tokens each sequence feeds along, so that one step may give several: only as many as pay by what rows cost here and by how often guesses came true.</summary>
/// <remarks>
/// <para>A guess counts only when it equals the token that its row's own random number picks, so the text is the same to the bit with any number of guesses. What is decided is time alone.</para>
/// <para>A sequence whose guesses come true with probability p, independently, gains <c>p + p² + … + pᵏ</c> tokens from k rows. The best k is the one with most tokens a second of the whole step. Guesses are
/// made and compared also where none are fed, so p is known before rows are spent on it. Beside prompts nothing is fed along: there every row is paid in full.</para>
/// </remarks>
/// <param name="cost">What steps take.</param>
/// <param name="pages">Where room for the guesses' keys and values comes from: free pages alone.</param>
/// <param name="always">Feeds as many as there are, whatever they cost.</param>
internal sealed class DraftPlanner(StepCost cost, PageBudget pages, bool always = false)
{
    /// <summary>Most guesses of a sequence in a step.</summary>
    public const int MostOfSequence = 8;

    /// <summary>Most guesses of all sequences in a step.</summary>
    public const int MostOfStep = 16;

    private const int StaleSteps = 1024; // then a cost is measured again
    private const double WorthTrying = 0.5; // by sequences whose guesses come true so often
    private const double LeastGain = 1.03; // so that noise does not decide

    /// <summary>Guessed tokens that were fed.</summary>
    public long Drafted { get; private set; }

    /// <summary>Guesses, and chooses how many to feed; the rest of the step has room for <paramref name="rowsLeft"/> rows beside one a sequence.</summary>
    public void Plan(List<ActiveSequence> running, int rowsLeft)
    {
        int decoding = 0;
        foreach (ActiveSequence sequence in running)
        {
            sequence.Proposed = 0;
            sequence.DraftRows = 0;
            if (sequence is AnswerSequence answer && sequence.IsDecoding)
            {
                decoding++;
                int most = Math.Min(MostOfSequence, answer.Job.MaxNewTokens - answer.Generated - 1);
                sequence.Proposed = NGramDraft.Propose(sequence.Tokens, sequence.Known, most);
            }
        }

        if (decoding < running.Count)
        {
            return;
        }

        int rows = decoding;
        double tokens = decoding;
        int left = Math.Min(rowsLeft, MostOfStep);
        foreach (ActiveSequence sequence in running)
        {
            int most = Math.Min(Math.Min(sequence.Proposed, left), pages.RoomWithoutTaking(sequence) - sequence.Known);
            double p = ((AnswerSequence)sequence).GuessesTrue;
            int drafts = always ? Math.Max(0, most) : Best(rows, tokens, p, most);
            if (drafts > 0 && pages.TryGrow(sequence, sequence.Known + drafts))
            {
                sequence.DraftRows = drafts;
                rows += drafts;
                left -= drafts;
                tokens += Gain(p, drafts);
                Drafted += drafts;
            }
        }
    }

    private int Best(int rows, double tokens, double p, int most)
    {
        int best = 0;
        double now = cost.SecondsOf(rows);
        double bestRate = tokens / now * LeastGain;
        for (int drafts = 1; drafts <= most && now > 0; drafts++)
        {
            bool isUnknown = p >= WorthTrying && cost.StepsSince(rows + drafts) > StaleSteps;
            double rate = (tokens + Gain(p, drafts)) / (isUnknown ? now : cost.SecondsOf(rows + drafts));
            if (rate > bestRate)
            {
                best = drafts;
                bestRate = rate;
            }
        }

        return best;
    }

    private static double Gain(double p, int drafts) => p >= 1 ? drafts : p * (1 - Math.Pow(p, drafts)) / (1 - p);
}
