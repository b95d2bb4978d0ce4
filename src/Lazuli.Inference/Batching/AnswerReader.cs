using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Turns a step's logits into tokens and text of the sequences that generate.</summary>
/// <remarks>Scratch is made once; reading allocates nothing where no log-probabilities are asked for and masks are warm. Not thread-safe: the scheduler owns it.</remarks>
internal sealed class AnswerReader(PromptEncoder tokens, TokenChooser chooser)
{
    /// <summary>Guessed tokens that were fed along and turned out to be the ones chosen.</summary>
    public long AcceptedDrafts { get; private set; }

    /// <summary>Takes every token that this step's logits give: one, and one more for each proposed token that turns out to be the one chosen.</summary>
    /// <remarks>Sets <see cref="AnswerSequence.Ending"/> when that was the last.</remarks>
    /// <returns>Why nothing can be chosen; null when all is well.</returns>
    public Exception? Read(AnswerSequence sequence, StepBatch batch)
    {
        Exception? failure = null;
        for (int i = 0; i < sequence.LogitRows; i++)
        {
            if (!chooser.TryChoose(sequence, batch.LogitsOf(sequence.FirstLogitRow + i), out int token, out failure))
            {
                break;
            }

            bool wasProposed = i < sequence.Proposed && sequence.Tokens[sequence.Known] == token;
            if (i < sequence.Proposed)
            {
                sequence.NoteGuess(wasProposed);
                AcceptedDrafts += wasProposed && i < sequence.DraftRows ? 1 : 0;
            }

            sequence.Tokens[sequence.Known++] = token;
            sequence.Counts?.Add(token);
            sequence.Job.CompletionTokens++;
            sequence.Ending = Deliver(sequence, token);
            if (sequence.Ending is not null || !wasProposed)
            {
                break; // rows after a proposal that was not chosen belong to a text that never was
            }
        }

        sequence.Position = sequence.LogitRows > 0 ? sequence.Known - 1 : sequence.Position;
        return failure;
    }

    /// <summary>Tells what was held back, and why the choice is over.</summary>
    public static void Finish(AnswerSequence sequence)
    {
        ReadOnlySpan<char> rest = sequence.Text.Finish();
        if (rest.Length > 0)
        {
            sequence.Job.Sink.Text(sequence.Choice, rest);
        }

        sequence.Job.Sink.ChoiceFinished(sequence.Choice, sequence.Ending!.Value);
    }

    private FinishReason? Deliver(AnswerSequence sequence, int token)
    {
        GenerationJob job = sequence.Job;
        bool ends = tokens.Ends(token, job.IsChat);
        if (job.TopLogProbabilities is not null && (!ends || job.TellsEnd))
        {
            chooser.Tell(sequence, token);
        }

        if (ends)
        {
            return FinishReason.Stop;
        }

        ReadOnlySpan<char> text = sequence.Text.Append(tokens.TextOf(token));
        if (text.Length > 0)
        {
            job.Sink.Text(sequence.Choice, text);
        }

        if (sequence.Text.IsStopped)
        {
            return FinishReason.Stop;
        }

        return sequence.Generated == job.MaxNewTokens ? FinishReason.Length : null;
    }
}
